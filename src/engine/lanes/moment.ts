/** The time of one verb, on both clocks of a store. */
export interface Moment {
  /** Wall clock, milliseconds since 1970: what is written down. */
  readonly now: number
  /** Monotonic milliseconds: what leases and pauses are measured with. */
  readonly mono: number
}
