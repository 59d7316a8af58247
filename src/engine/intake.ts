import type { Fault } from '../core/fault.ts'
import type { Issue } from '../declare/contract/contract.ts'
import type { Endpoint, SourceEvent } from '../declare/source/source.ts'
import type { Accepted } from '../port/store.ts'
import type { Admittance } from './pressure/admittance.ts'

/** What became of one request's events: all accepted (some perhaps known already), or all set aside. */
export type Taken =
  | { readonly as: 'accepted'; readonly messages: readonly Accepted[] }
  | { readonly as: 'quarantined'; readonly id: string; readonly issues: readonly Issue[] }

/** One event that came by itself, with its own bytes; `fault`: why it cannot be taken. */
export interface Arrived {
  readonly event: SourceEvent
  readonly fault?: Fault
}

/** The door of the engine: contract, deduplication, ordering key, storage. */
export interface Intake {
  /** Whether a request is let in; asked before `take`, which takes whatever it is given. */
  readonly admittance: Admittance
  /**
   * Takes the events of one verified request, all or none. Resolves once they are on disk.
   * `raw` is the request's body; events without bytes of their own are stored as it.
   * @throws {TielineError} STORE_FULL, STORE_BUSY, STORE_UNAVAILABLE or STOPPING: nothing was taken.
   */
  take(endpoint: Endpoint, events: readonly SourceEvent[], raw: Uint8Array): Promise<Taken>
}

/** The same door for events that do not come in requests. */
export interface RelayIntake {
  readonly admittance: Admittance
  /**
   * Takes events that have nothing to do with one another, in the order given: one that breaks its contract is set aside, the others are
   * accepted. Resolves once all are on disk.
   * @throws {TielineError} as `take`
   */
  takeEach(endpoint: Endpoint, arrived: readonly Arrived[]): Promise<readonly Accepted[]>
}
