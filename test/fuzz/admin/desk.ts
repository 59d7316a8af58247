import type { Control, Desk, Status } from '../../../src/engine/desk.ts'

/** One call of the operator's desk. */
export interface Moved {
  readonly verb: string
  readonly given: readonly unknown[]
}

/** A desk that does nothing, and remembers what it was asked. */
export function quietDesk(asked: Moved[]): Desk {
  const told =
    <T>(verb: string, answer: (...given: readonly never[]) => T) =>
    (...given: readonly unknown[]): T => {
      asked.push({ verb, given })
      return answer(...(given as readonly never[]))
    }
  const control = (kind: Control['kind']) => async (target: string) => ({ target, kind, why: '', sinceMs: 0 })
  return {
    status: told('status', async () => ({}) as Status),
    flows: told('flows', () => []),
    find: told('find', async () => ({ items: [] })),
    show: told('show', async () => []),
    why: told('why', async () => []),
    dead: told('dead', async () => []),
    replay: told('replay', async () => []),
    discard: told('discard', async () => []),
    edit: told('edit', async () => []),
    controls: told('controls', () => []),
    pause: told('pause', control('pause')),
    drain: told('drain', control('drain')),
    resume: told('resume', async () => {}),
    gates: told('gates', () => []),
    probe: told('probe', async () => []),
    audit: told('audit', async () => []),
    limit: told('limit', control('limit')),
  }
}
