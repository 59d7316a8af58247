import type { RateLimitLayer } from '../layer.ts'
import type { Machine } from './machine.ts'

/**
 * A token bucket as the instant at which it will be empty of debt: the generic cell rate algorithm (ITU-T I.371, the virtual scheduling
 * form). Each call takes one interval, `per / (limit · fraction)`, and may be early by what the burst takes.
 */
export interface BucketState {
  readonly by: 'token bucket'
  /** The share of the limit that is this worker's, 0 to 1; may be changed at any time. */
  fraction: number
  /** The fraction that `due` was reckoned with. */
  reckoned: number
  /** When the next call would be due at an even pace. */
  due: number
}

export function bucketMachine({ limit, perMs, burst }: RateLimitLayer): Machine<BucketState> {
  const whole = perMs / limit
  /** In time, the same for every fraction: a share of the rate has the same share of the burst. */
  const early = burst * whole

  /** A larger share keeps the credit in calls that the smaller one had: what was unused elsewhere is not given again. */
  function reckon(state: BucketState, now: number): void {
    const { fraction, reckoned } = state
    const credit = Math.min(now + early - state.due, early)
    if (fraction > reckoned && credit > 0) state.due = now + early - (credit * reckoned) / fraction
    state.reckoned = fraction
  }

  function enter(state: BucketState, now: number, patienceMs: number): number {
    if (state.fraction !== state.reckoned) reckon(state, now)
    if (state.fraction <= 0) return Number.POSITIVE_INFINITY
    const wait = state.due - early - now
    if (wait > patienceMs) return wait
    // A call that waits takes its place at `due`; one that does not cannot have been due later than now and its burst.
    state.due = Math.max(state.due, now) + whole / state.fraction
    return wait > 0 ? wait : 0
  }

  function room(state: BucketState, now: number, aheadMs: number): number {
    if (state.fraction !== state.reckoned) reckon(state, now)
    if (state.fraction <= 0) return 0
    const first = Math.max(state.due, now)
    const left = now + aheadMs + early - first
    return left < 0 ? 0 : Math.floor((left * state.fraction) / whole) + 1
  }

  return {
    // Begins without its burst: a process that is started again and again must not have it each time.
    start: (now) => ({ by: 'token bucket', fraction: 1, reckoned: 1, due: now + early }),
    enter,
    leave: () => {},
    room,
  }
}
