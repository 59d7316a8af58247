import type { Child, End } from './child.ts'

/** The runtimes of one worker, one after the other. */
export interface Lives {
  start(env: Readonly<Record<string, string>>): Child
  ended(end: End): void
}

/** @param back told how long after the end of a process the next one listens, ms */
export function createLives(
  spawn: (env: Readonly<Record<string, string>>) => Child,
  back: (ms: number) => void,
): Lives {
  let before: number | undefined

  function start(env: Readonly<Record<string, string>>): Child {
    const child = spawn(env)
    const since = before
    void child.ready.then((url) => {
      if (url !== undefined && since !== undefined) back(performance.now() - since)
    })
    return child
  }

  return {
    start,
    ended: ({ at }) => {
      before = at
    },
  }
}
