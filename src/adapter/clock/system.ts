import type { Clock } from '../../port/clock.ts'

/** Longest pause that a Node timer can count, ms; longer ones would end at once. */
const LONGEST = 2 ** 31 - 1

/** The machine's own time. Sleeping does not keep the process alive. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  mono: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve()
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(Math.max(0, ms), LONGEST))
      timer.unref()
      signal?.addEventListener('abort', end, { once: true })
    }),
})
