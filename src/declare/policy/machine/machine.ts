/** How a call ended, as its provider's health goes. `none`: it says nothing of it. */
export type Verdict = 'ok' | 'failed' | 'none'

/** Whether a call is a retry; what it costs may depend on a timeout before it. */
export type Retry = boolean | 'after timeout'

/**
 * What a gate decides: steps over a state that is plain JSON, the same for the same state and time. Times are milliseconds of one
 * monotonic clock; no step reads a clock or chance.
 */
export interface Machine<S> {
  start(now: number): S
  /**
   * 0: go. Up to `patienceMs`: go after so many milliseconds, the place is reserved, and `leave` is owed in any case.
   * More, perhaps Infinity: refused, and nothing is reserved.
   */
  enter(state: S, now: number, patienceMs: number, retry: Retry): number
  /** After an admitted call, once. `tookMs`: of the call itself, without the wait before it. */
  leave(state: S, now: number, verdict: Verdict, tookMs: number): void
  /** How many calls could enter within `aheadMs`. May be Infinity. */
  room(state: S, now: number, aheadMs: number): number
}

/** Instants that were computed and not read may be off by rounding, so much at most. Milliseconds. */
export const ROUNDING_MS = 0.01
