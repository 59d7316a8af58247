import type { Lease } from '../port/store.ts'

/** A lease as its holder knows it. Handed to the work itself and never looked up by lane: a former run must not borrow a later lease. */
export interface Held {
  readonly lease: Lease
  readonly tenant: string
  readonly key: string
  /** Monotonic; counted from before the claim or renewal was sent, so it ends here no later than in the store. */
  untilMono: number
  /** When this attempt must have ended. */
  readonly deadlineMono: number
  readonly sinceMono: number
  /** Claimed, and not yet at the gates of its flow. */
  coming: boolean
  /** The outcome is decided: work that still runs makes no further call. */
  over: boolean
  /** Undoing gets as many attempts again as doing had. */
  compensating: boolean
  /** Aborts what the work waits for. */
  abort: ((reason: unknown) => void) | undefined
  /** Settles in place of work that does not come back. */
  expire: (() => void) | undefined
}

export const LEASE_MS = 10_000
/** Renewed three times within a lease. */
export const RENEW_MS = 3_000
/** No call begins this close to the end of a lease. */
export const LEASE_MARGIN_MS = 1_000
