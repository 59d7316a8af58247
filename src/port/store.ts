import type { Fault } from '../core/fault.ts'
import type { Outbox } from './outbox.ts'

/**
 * Durable state of the runtime. Every write takes a batch and commits it once, all-or-nothing per item; every lease is fenced by
 * owner and token. Durations go down, instants come up: the store owns lease and due times, a worker's wall clock never enters it.
 */
export interface Store extends AsyncDisposable {
  readonly traits: StoreTraits
  /**
   * Opens the store, creates or upgrades its tables. Idempotent; two processes may race.
   * @throws {TielineError} STORE_LOCKED, STORE_CORRUPT or STORE_VERSION
   */
  migrate(): Promise<void>
  /**
   * Takes messages in and resolves once they are on disk, in the order given. A repeated (source, id) is reported, not stored.
   * One message gives one piece of work per delivery; without any it is recorded as skipped.
   * @throws {TielineError} STORE_FULL, STORE_BUSY or STORE_UNAVAILABLE; then none of the batch is stored.
   */
  accept(messages: readonly NewMessage[]): Promise<Accepted[]>
  /**
   * Leases ready work of the given flows, at most one per lane: flows in turn, in a flow tenants in turn, of a tenant live work before replays (an
   * eighth is theirs), else oldest first. Work whose lease has expired is ready.
   * @throws {TielineError} REQUEST_INVALID for a weight that is none
   */
  claim(request: ClaimRequest): Promise<Claimed[]>
  /** Keeps leases alive for so long from the store's own now. Returns those still held; the rest belong to somebody else. */
  extend(leases: readonly Lease[], forMs: number): Promise<Lease[]>
  /** Journals saga steps before and after each effect, durably. Refused, per item, when the lease or the position is stale. */
  append(entries: readonly JournalEntry[]): Promise<Settled[]>
  /** Ends leases, with the messages that the outcome emits, all-or-nothing per item. `stale`: the lease was no longer held. */
  settle(outcomes: readonly Outcome[]): Promise<Settled[]>
  /** Everything known of these pieces of work (by work id), for recovery and for the console. Unknown ids are left out. */
  history(works: readonly string[]): Promise<History[]>
  /** Pages through work by state, flow, key, message or time, newest first. Cursor, never offset. */
  find(query: Query): Promise<Page<WorkRow>>
  /** Operator's hand: replay, cancel or bury. Returns the work ids that moved; the others were not in a state to move. */
  move(moves: readonly Move[]): Promise<string[]>
  /** Small versioned documents: schemas, checkpoints, controls, leadership. Missing ones are left out. */
  read(keys: readonly string[]): Promise<Document[]>
  /** Compare-and-set on `version`; `expiresInMs` makes a document a lease. */
  write(changes: readonly DocumentChange[]): Promise<Settled[]>
  /** Drops finished work and its bodies older than `olderThanMs`, and expired documents, at most `limit` rows. Returns how many. */
  purge(olderThanMs: number, limit: number): Promise<number>
  /** What is happening, counted durably since the store was made. Cheap enough for every second. */
  status(): Promise<StoreStatus>
  /** Optional: calls `wake` when work of a flow may be ready. A hint only; without it the engine polls. */
  watch?(wake: (flow: string) => void): Promise<AsyncDisposable>
  /** Optional: what applications published in this store's database, in their own transactions. */
  readonly outbox?: Outbox
}

export interface StoreTraits {
  readonly name: string
  readonly watch: boolean
  readonly writers: 'one' | 'many'
  readonly maxBatch: number
  /** A repeated (source, id) is recognised at least this far back. */
  readonly dedupe: { readonly messages: number }
}

/** A message as it is taken in: CloudEvents context attributes and the bytes of its data. */
export interface NewMessage {
  readonly source: string
  /** The sender's id. With `source` the identity of the message. */
  readonly id: string
  readonly type: string
  /** Further context attributes: `time`, `subject`, `datacontenttype`, `traceparent`, `tenant` … */
  readonly attributes: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly deliveries: readonly Delivery[]
  /** Set aside: the sender was genuine, the contract broken. Deduplicated apart, so that a corrected repeat is still accepted. */
  readonly quarantine?: Fault
  /** Not before so long from now. */
  readonly delayMs?: number
}

/** One flow that takes a message. */
export interface Delivery {
  readonly flow: string
  /** Ordering key: flow, tenant and key make the lane. What one tenant calls `17` is not what another calls so. */
  readonly key: string
  /** Root of the idempotency keys of its calls; stored before the first of them. */
  readonly effect: string
  /** Whose message it is: tenants take turns within a flow, however much one of them sends. Default `''`: nobody's, a tenant like the others. */
  readonly tenant?: string
  /** Not before so long from now, in this flow; of this and that of the message the longer counts. */
  readonly delayMs?: number
}

export interface Accepted {
  readonly id: string
  readonly duplicate: boolean
}

export interface Message extends Omit<NewMessage, 'deliveries' | 'quarantine' | 'delayMs'> {
  /** Store's clock, milliseconds since 1970. */
  readonly acceptedAtMs: number
}

export interface ClaimRequest {
  readonly flows: readonly string[]
  readonly owner: string
  readonly limit: number
  readonly leaseMs: number
  /** Lanes to leave where they are: an operator or a gate holds them. They cost nothing, and are back with the first claim that does not except them. */
  readonly except?: { readonly tenants: readonly string[]; readonly keys: readonly string[] }
  /** Turns of each tenant in units of the others', from 0.001 to 1,000. Default 1 each: weights of 3 and 1 give 3 messages to every one. */
  readonly weights?: Readonly<Record<string, number>>
}

export interface Lease {
  /** Work id: one message in one flow. */
  readonly id: string
  readonly owner: string
  /** The epoch: grows with each claim, so that a former holder is told apart from itself. */
  readonly token: number
}

export interface Claimed extends Delivery {
  readonly lease: Lease
  readonly message: Message
  /** Attempts that failed before this one, from 0. */
  readonly attempt: number
  /** Leases on this work that ended without a settle: its process died or lost the lease. Counted apart from attempts. */
  readonly crashes: number
  /** Times that an operator replayed it. */
  readonly replays: number
  /**
   * Newer work of the same lane waits. Told of what is in memory and of a lane that is too deep for it; `false` also where all newer work lies
   * beyond the window of its tenant.
   */
  readonly more: boolean
  readonly journal: readonly JournalEntry[]
}

export type Outcome = { readonly lease: Lease; readonly emit?: readonly NewMessage[] } & (
  | { readonly as: 'done' }
  | { readonly as: 'skip'; readonly why: string }
  /** Failed; runs again after the pause, at the head of its lane. Counts as an attempt. */
  | { readonly as: 'retry'; readonly afterMs: number; readonly fault: Fault }
  /** Not its turn (a gate, a pause, a shutdown); runs again after the pause. No attempt. */
  | { readonly as: 'wait'; readonly afterMs: number; readonly why: string }
  /** Dead letter with its own copy of the body. `hold`: its lane waits until an operator replays or discards it. */
  | { readonly as: 'dead'; readonly fault: Fault; readonly lane: 'hold' | 'release' }
)

export type Settled = 'ok' | 'stale'

export interface JournalEntry {
  readonly lease: Lease
  /** 0, 1, 2 … without gaps within a piece of work. */
  readonly position: number
  readonly step: string
  readonly kind: 'begun' | 'done' | 'failed' | 'undone'
  /** JSON of the step's result. */
  readonly result?: string
  readonly fault?: Fault
}

export type WorkState = 'pending' | 'delivered' | 'skipped' | 'dead' | 'discarded' | 'quarantined'

export interface WorkRow {
  readonly work: string
  readonly source: string
  /** Message id. */
  readonly id: string
  readonly type: string
  readonly flow: string
  readonly key: string
  /** Absent: nobody's. */
  readonly tenant?: string
  readonly state: WorkState
  /** Attempts made, the last included; of pending work those that failed so far. A replay begins at 0 again. */
  readonly attempts: number
  readonly crashes: number
  readonly replays: number
  readonly acceptedAtMs: number
  readonly settledAtMs?: number
  /** When a waiting piece of work runs again. */
  readonly dueAtMs?: number
  /** Leased now. */
  readonly owner?: string
  readonly why?: string
  readonly fault?: Fault
}

export interface History extends WorkRow {
  readonly effect: string
  readonly attributes: Readonly<Record<string, string>>
  /** Absent once purged. */
  readonly body?: Uint8Array
  /** Failed attempts, waits, replays and saga steps, oldest first; at most the last 100. */
  readonly trail: readonly TrailEntry[]
}

export interface TrailEntry {
  readonly atMs: number
  readonly what: 'retry' | 'wait' | 'dead' | 'replay' | 'discard' | 'begun' | 'done' | 'failed' | 'undone'
  readonly step?: string
  readonly why?: string
  readonly fault?: Fault
}

export interface Query {
  readonly states?: readonly WorkState[]
  readonly flow?: string
  readonly key?: string
  readonly tenant?: string
  readonly source?: string
  /** Message id. */
  readonly id?: string
  readonly fingerprint?: string
  readonly after?: string
  readonly limit: number
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** `ready` replays dead work at its old place in the lane; `discard` drops it (its lane goes on); `dead` buries pending work. */
export interface Move {
  readonly work: string
  readonly to: 'ready' | 'discard' | 'dead'
  /** Who and why, for the trail. */
  readonly why: string
  /** `ready` only: an edited body in place of the old one. */
  readonly body?: Uint8Array
}

export interface Document {
  readonly key: string
  readonly version: number
  readonly body: string
  readonly expiresAtMs?: number
}

export interface DocumentChange {
  readonly key: string
  /** 0 for a new document. */
  readonly expected: number
  readonly body: string | null
  readonly expiresInMs?: number
}

export interface StoreStatus {
  readonly accepted: number
  readonly duplicates: number
  readonly delivered: number
  readonly skipped: number
  /** Dead letters now. */
  readonly dead: number
  readonly discarded: number
  readonly quarantined: number
  /** Work that is neither done, skipped, dead nor discarded, waiting and leased included. */
  readonly pending: number
  readonly leased: number
  /** Lanes that wait for a retry, or are held behind a dead letter. */
  readonly waiting: number
  /** Age of the oldest pending work, ms; 0 when nothing is pending. */
  readonly oldestMs: number
  readonly flows: readonly { readonly flow: string; readonly pending: number }[]
}
