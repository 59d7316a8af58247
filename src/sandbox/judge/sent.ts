/** A signup that the app published, once the gateway acknowledged it. */
export interface SentSignup {
  readonly id: string
  readonly email: string
}

/** A payment that succeeded at the provider. */
export interface SentPayment {
  readonly id: string
  readonly refunded: boolean
}

/** What happened in the world, and must therefore show in all systems. */
export interface Sent {
  readonly signups: readonly SentSignup[]
  readonly payments: readonly SentPayment[]
}

/** One sentence for each thing that is wrong, naming what it is about. Empty lists: all is well. */
export interface Verdict {
  /** It happened, and a system does not show it. */
  readonly lost: readonly string[]
  /** A system shows it twice, or did it again after something newer. */
  readonly doubled: readonly string[]
  /** Effects of one key in another order than the one in which their events were acknowledged. */
  readonly outOfOrder: readonly string[]
  /** The sender itself delivered the older event last or at the same time, and the older state stands. */
  readonly stale: readonly string[]
}

export interface Findings {
  readonly lost: string[]
  readonly doubled: string[]
  readonly outOfOrder: string[]
  readonly stale: string[]
}

export const noFindings = (): Findings => ({ lost: [], doubled: [], outOfOrder: [], stale: [] })
