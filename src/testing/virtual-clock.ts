import type { Clock } from '../port/clock.ts'

/** A clock that only moves when it is told to. */
export interface VirtualClock extends Clock {
  /** Moves time on, from sleeper to sleeper, and lets each finish what it does at once. */
  advance(ms: number): Promise<void>
}

interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}

/** @param startMs wall clock at the start, milliseconds since 1970 */
export function virtualClock(startMs: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let mono = 0
  let order = 0
  let sleepers: Sleeper[] = []

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: Sleeper = { at: mono + Math.max(0, ms), order: order++, wake: resolve }
      sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        sleepers = sleepers.filter((one) => one !== sleeper)
        resolve()
      })
    })
  }

  async function advance(ms: number): Promise<void> {
    const end = mono + ms
    await quiet()
    for (;;) {
      const next = sleepers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (next === undefined) break
      sleepers = sleepers.filter((one) => one !== next)
      mono = Math.max(mono, next.at)
      next.wake()
      await quiet()
    }
    mono = end
    await quiet()
  }

  return { now: () => startMs + mono, mono: () => mono, sleep, advance }
}

/** Until everything that needs no time has happened. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
