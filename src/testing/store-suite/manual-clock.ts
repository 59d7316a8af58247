import type { Clock } from '../../port/clock.ts'

/** A clock that moves only when told to. */
export interface ManualClock extends Clock {
  /** Moves both clocks on; sleeps that end on the way end in order. */
  advance(ms: number): Promise<void>
}

interface Sleep {
  readonly until: number
  readonly end: () => void
}

export function manualClock(startMs = 1_780_000_000_000): ManualClock {
  let passed = 0
  const sleeps = new Set<Sleep>()
  return {
    now: () => startMs + passed,
    mono: () => passed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          sleeps.delete(sleep)
          signal?.removeEventListener('abort', end)
          resolve()
        }
        const sleep: Sleep = { until: passed + Math.max(0, ms), end }
        if (signal?.aborted) return resolve()
        sleeps.add(sleep)
        signal?.addEventListener('abort', end, { once: true })
      }),
    async advance(ms) {
      const to = passed + ms
      for (;;) {
        const due = [...sleeps].filter((sleep) => sleep.until <= to).sort((a, b) => a.until - b.until)[0]
        if (!due) break
        passed = Math.max(passed, due.until)
        due.end()
        await Promise.resolve()
        await Promise.resolve()
      }
      passed = to
    },
  }
}
