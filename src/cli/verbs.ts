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
  {
    name: 'gates',
    summary: 'what holds calls back; try one now',
    load: async () => (await import('./gates.ts')).gates,
  },
  {
    name: 'pause',
    summary: 'pause a flow, connector, operation, tenant or key',
    load: async () => (await import('./pause.ts')).pause,
  },
  {
    name: 'drain',
    summary: 'pause it, and wait until nothing of it is at work',
    load: async () => (await import('./drain.ts')).drain,
  },
  {
    name: 'resume',
    summary: 'end a pause, a drain and a limit',
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'limit',
    summary: 'limit how much of a flow, connector or operation is at work, or called',
    load: async () => (await import('./limit.ts')).limit,
  },
  { name: 'audit', summary: 'what operators did', load: async () => (await import('./audit.ts')).audit },
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
