/**
 * One life of one process. A crash is no exception: what it waited for never comes, so no `catch` and no `finally` of it runs, as with
 * `kill -9`. A restart is another incarnation.
 */
export class Incarnation {
  /** Which process this is a life of. */
  readonly place: number
  readonly name: string
  /** How many times slower than others it is. */
  readonly pace: number
  /** Where its monotonic clock began: of no meaning to anybody else. */
  readonly monoBase: number
  alive = true
  /** Until then nothing reaches it: SIGSTOP, a long collection of garbage, a suspended machine. */
  pausedUntilMs = 0
  /** By how much its wall clock is wrong. */
  clockOffsetMs = 0
  /** Faults that it has suffered; it may lose a lease after one. */
  disturbed = 0

  constructor(place: number, name: string, pace: number, monoBase: number) {
    this.place = place
    this.name = name
    this.pace = pace
    this.monoBase = monoBase
  }
}
