/** Time, passed in so that a whole system can run under virtual time. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump; never used to measure. */
  now(): number
  /** Monotonic milliseconds. Only differences mean something. */
  mono(): number
  /** Resolves after `ms`, or at once when `signal` aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
