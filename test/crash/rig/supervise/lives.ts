import type { Child, End } from './child.ts'

/** The runtimes of a run, one after the other, and how long the way back took. Milliseconds. */
export interface Lives {
  start(env: Readonly<Record<string, string>>): Child
  ended(end: End): void
  /** The provider got the first call of this process. */
  called(pid: number): void
  /** From the end of a process to the first call of the next. One that is killed before it calls has none. */
  readonly recoveryMs: readonly number[]
  /** The same until it listens. */
  readonly readyMs: readonly number[]
}

export function createLives(spawn: (env: Readonly<Record<string, string>>) => Child): Lives {
  const recoveryMs: number[] = []
  const readyMs: number[] = []
  let current = 0
  let before: number | undefined

  function start(env: Readonly<Record<string, string>>): Child {
    const child = spawn(env)
    const since = before
    current = child.pid
    void child.ready.then((url) => {
      if (url !== undefined && since !== undefined) readyMs.push(performance.now() - since)
    })
    return child
  }

  return {
    start,
    ended: ({ at }) => {
      before = at
    },
    called: (pid) => {
      if (pid === current && before !== undefined) recoveryMs.push(performance.now() - before)
    },
    recoveryMs,
    readyMs,
  }
}
