/** What the workers tell each other of one resource: small, and written twice a second at most. */
export interface GateDocument {
  /** Grows now and then: whose turn it is where there are fewer slots than workers. */
  readonly turn: number
  readonly workers: Readonly<Record<string, Part>>
  readonly breakers: Readonly<Record<string, Phase>>
  readonly provider?: Demand
}

/** One worker's part of the limits. What it has declared, it may use; it declares less before others declare more. */
export interface Part {
  /** Grows with each look: who does not move is gone. */
  readonly beat: number
  /** Share of the limits that it could use, 0 to 1. */
  readonly want: number
  /** Share of the rates that it has. */
  readonly rate: number
  /** Slots of each bulkhead that it has, by the bulkhead's id. */
  readonly slots: Readonly<Record<string, number>>
}

/** A breaker, as the last worker that moved it says. */
export interface Phase {
  /** Grows with each change. */
  readonly n: number
  readonly phase: 'closed' | 'open' | 'half-open'
  readonly by: string
}

/** What the provider has asked for. */
export interface Demand {
  readonly n: number
  readonly ms: number
  readonly why: string
}

export const EMPTY: GateDocument = Object.freeze({ turn: 0, workers: {}, breakers: {} })
