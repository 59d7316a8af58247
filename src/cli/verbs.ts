import type { Setup } from './report.ts'

export interface Verb {
  readonly name: string
  readonly summary: string
  /** Only the verb that runs is loaded: starting must be quick. */
  readonly load: () => Promise<Setup>
}

export const VERBS: readonly Verb[] = Object.freeze([
  { name: 'dev', summary: 'run with reload on change', load: async () => (await import('./dev.ts')).dev },
  { name: 'start', summary: 'run for real', load: async () => (await import('./start.ts')).start },
  {
    name: 'check',
    summary: 'prove the declarations before they run',
    load: async () => (await import('./check.ts')).check,
  },
  { name: 'flows', summary: 'what is declared', load: async () => (await import('./flows.ts')).flows },
  { name: 'status', summary: 'what is happening', load: async () => (await import('./status.ts')).status },
  {
    name: 'messages',
    summary: 'find messages; the journey of one',
    load: async () => (await import('./messages.ts')).messages,
  },
  { name: 'why', summary: 'why the messages of a key do not move', load: async () => (await import('./why.ts')).why },
  {
    name: 'dead',
    summary: 'dead letters: list, show, replay, edit, discard',
    load: async () => (await import('./dead.ts')).dead,
  },
  { name: 'pause', summary: 'pause a flow or a connector', load: async () => (await import('./pause.ts')).pause },
  { name: 'resume', summary: 'end a pause and a limit', load: async () => (await import('./resume.ts')).resume },
  {
    name: 'limit',
    summary: 'limit how much of a flow or a connector is at work',
    load: async () => (await import('./limit.ts')).limit,
  },
  {
    name: 'migrate',
    summary: "create or upgrade the store's tables",
    load: async () => (await import('./migrate.ts')).migrate,
  },
  {
    name: 'move',
    summary: 'move everything from one store to another',
    load: async () => (await import('./move.ts')).move,
  },
])
