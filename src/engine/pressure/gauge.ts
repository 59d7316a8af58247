/** What was measured since the last look. Times are monotonic milliseconds. */
export interface Measured {
  /** The shortest accept, from the call to the disk; where none ended, how long nothing has ended. */
  readonly acceptMs: number
  /** How much later than asked for the process woke up: what everything that happens in it waits. */
  readonly loopMs: number
  /** How long messages that are not `bulk` waited on disk for their first claim, while the process had no time to spare; else 0. */
  readonly waitedMs: number
  /** Bodies in memory over what is allowed. */
  readonly memory: number
  /** The store answered STORE_BUSY or STORE_FULL. */
  readonly storeFull: boolean
}

/**
 * At these the budget is used up, at four times these the levels go to 2. All are times, or parts of a bound in bytes, so they hold on a
 * slow machine and on a fast one.
 */
export const BUDGET: Readonly<Record<'acceptMs' | 'loopMs' | 'waitedMs' | 'memory', number>> = Object.freeze({
  /** Impatient senders (HubSpot, Shopify) give up after 5 s. A twentieth of that for the disk leaves room for the network and a retry of ours. */
  acceptMs: 250,
  /**
   * Each message crosses the event loop some five times, so this adds half a second to it. A container that has used up its share of the
   * processor is stopped for less than that at a time (the period of Linux's CFS quota is 100 ms), and the garbage collector takes less.
   */
  loopMs: 100,
  /**
   * A process that takes in more than it works off gives intake what delivery lacks. A wait counts only while the event loop is busy all the time: work
   * that waits for a slow provider is what the store is for.
   */
  waitedMs: 50,
  /** Level 1 at an eighth of `heldBytes`, level 2 at half. At all of it everybody is refused. */
  memory: 0.125,
})

/** The event loop has no time to spare. */
const BUSY = 0.95

/** How used up the tightest budget is: 1 is all. Never less for a worse measure. */
export function ratioOf({ acceptMs, loopMs, waitedMs, memory, storeFull }: Measured): number {
  const ratio = Math.max(
    acceptMs / BUDGET.acceptMs,
    loopMs / BUDGET.loopMs,
    waitedMs / BUDGET.waitedMs,
    memory / BUDGET.memory,
  )
  return storeFull ? Math.max(ratio, 4) : ratio
}

/** What two clocks may drift apart between two looks. Milliseconds. */
const SKEW_MS = 0.05

/** Collects what the doors tell between two looks. Costs a few additions for each request. */
export class Gauge {
  #inFlight = 0
  #least = Number.POSITIVE_INFINITY
  #memory = Number.POSITIVE_INFINITY
  #endedMs = 0
  #storeFull = false
  #waited = 0
  /** The least that was seen: what the clocks differ by. It may grow slowly, for they drift. */
  #skew = Number.POSITIVE_INFINITY
  /** Accepts began since the last look, or are under way. */
  busy = false

  begun(nowMs: number): void {
    if (this.#inFlight++ === 0) this.#endedMs = nowMs
    this.busy = true
  }

  stored(begunMs: number, nowMs: number): void {
    this.#inFlight--
    this.#endedMs = nowMs
    if (nowMs - begunMs < this.#least) this.#least = nowMs - begunMs
  }

  failed(storeFull: boolean, nowMs: number): void {
    this.#inFlight--
    this.#endedMs = nowMs
    if (storeFull) this.#storeFull = true
  }

  /** @param ms since it was accepted, with the difference between the store's clock and ours in it */
  waited(ms: number): void {
    if (ms < this.#skew) this.#skew = ms
    this.#waited = Math.max(this.#waited, ms - this.#skew)
  }

  /** @param share of the bodies in memory of what is allowed */
  held(share: number): void {
    if (share < this.#memory) this.#memory = share
  }

  /** @param busy share of the time since the last look that the event loop was busy */
  look(loopMs: number, busy: number, nowMs: number): Measured {
    const stalledMs = this.#inFlight > 0 ? nowMs - this.#endedMs : 0
    const measured = {
      acceptMs: this.#least === Number.POSITIVE_INFINITY ? stalledMs : this.#least,
      loopMs,
      waitedMs: busy >= BUSY ? this.#waited : 0,
      memory: this.#memory === Number.POSITIVE_INFINITY ? 0 : this.#memory,
      storeFull: this.#storeFull,
    }
    this.#least = Number.POSITIVE_INFINITY
    this.#memory = Number.POSITIVE_INFINITY
    this.#storeFull = false
    this.#waited = 0
    this.#skew += SKEW_MS
    this.busy = this.#inFlight > 0
    return measured
  }
}
