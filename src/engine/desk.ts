import type { History, Page, Query, StoreStatus, WorkRow } from '../port/store.ts'
import type { GateKind } from './gates/facts.ts'
import type { AuditEntry } from './steering/audit.ts'

/** The operator's desk: everything that the CLI, the admin API and the console can see and do. */
export interface Desk {
  status(): Promise<Status>
  flows(): readonly FlowFacts[]
  find(query: Query): Promise<Page<WorkRow>>
  /** By message id or work id. */
  show(id: string): Promise<History[]>
  /** Why the messages of this ordering key do not move, in one sentence per lane. Empty when nothing of it waits. */
  why(key: string): Promise<readonly Why[]>
  dead(filter: DeadFilter): Promise<readonly DeadGroup[]>
  replay(choice: DeadChoice): Promise<readonly string[]>
  discard(choice: DeadChoice): Promise<readonly string[]>
  /** Replays one dead letter with another body, checked against its contract first. @throws CONTRACT_BROKEN */
  edit(work: string, body: Uint8Array, why: string): Promise<readonly string[]>
  controls(): readonly Control[]
  /**
   * Takes nothing more of `flow:NAME`, `connector:NAME`, `operation:CONNECTOR.NAME`, `tenant:NAME` or `key:KEY`; its messages wait in their lanes.
   * @throws NOT_FOUND
   */
  pause(target: string, options: ControlOptions): Promise<Control>
  /** The same, and `left` of the control tells how much is still at work, in all processes. */
  drain(target: string, options: ControlOptions): Promise<Control>
  /** Ends what an operator has set on it. */
  resume(target: string, why: string): Promise<void>
  /** A limit on a flow, a connector or an operation. */
  limit(target: string, limit: Limit, options: ControlOptions): Promise<Control>
  /** What holds calls back, and since when. */
  gates(): readonly GateFacts[]
  /** Lets a closed gate try a call at once. @throws NOT_FOUND */
  probe(target: string, why: string): Promise<readonly GateFacts[]>
  /** What operators did, newest first. */
  audit(): Promise<readonly AuditEntry[]>
}

export type Limit =
  /** At most so many of its messages at work at the same time in one process. */
  | { readonly concurrency: number }
  /** At most so many of its calls a second, in all processes together. */
  | { readonly perSecond: number }

/** A breaker, a limit or a provider's own demand to wait. */
export interface GateFacts {
  /** `connector:hubspot` */
  readonly target: string
  readonly kind: GateKind
  readonly state: 'open for calls' | 'closed' | 'probing'
  /** Milliseconds until it is tried again; without: not known. */
  readonly opensInMs?: number
  /** How long it has been so, in milliseconds. */
  readonly forMs?: number
  readonly why?: string
  /** Share of a common limit that this process has, 0 to 1. */
  readonly share?: number
}

export interface Status extends StoreStatus {
  /** Accepting and making progress. */
  readonly ready: boolean
  /** Why not, when not. */
  readonly reason?: string
  readonly uptimeMs: number
  readonly store: string
  readonly owner: string
}

export interface FlowFacts {
  readonly name: string
  readonly inputs: readonly { readonly source: string; readonly type: string; readonly mapping?: string }[]
  readonly contract?: string
  readonly to: {
    readonly kind: 'target' | 'saga'
    readonly name: string
    readonly steps: readonly string[]
    readonly connectors: readonly string[]
  }
  readonly order: 'by key' | 'none'
  readonly concurrency: number
  readonly attempts: number
}

export interface Why {
  readonly flow: string
  readonly key: string
  readonly pending: number
  /** `dead letter evt_1 holds the key since …`, `retry 3 of 12 at …: PROVIDER_BUSY`, `flow paused by …`, `at work since …`, `waits for its turn`. */
  readonly sentence: string
}

export interface DeadFilter {
  readonly flow?: string
  readonly limit?: number
}

export interface DeadGroup {
  readonly fingerprint: string
  readonly flow: string
  readonly code: string
  /** One message of the group. */
  readonly example: string
  readonly count: number
  /** At most 100 work ids. */
  readonly works: readonly string[]
}

/** Which dead letters: these, or those of a group. */
export interface DeadChoice {
  readonly works?: readonly string[]
  readonly flow?: string
  readonly fingerprint?: string
  /** Messages per second; unlimited without. */
  readonly rate?: number
  readonly why: string
}

export interface Control {
  readonly target: string
  readonly kind: 'pause' | 'limit' | 'drain'
  readonly concurrency?: number
  readonly perSecond?: number
  /** Of a drain: messages still at work. */
  readonly left?: number
  readonly why: string
  readonly sinceMs: number
  readonly untilMs?: number
}

export interface ControlOptions {
  readonly why: string
  readonly forMs?: number
}
