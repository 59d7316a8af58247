import type { History, Page, Query, StoreStatus, WorkRow } from '../port/store.ts'

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
  /** `flow:NAME` or `connector:NAME`. @throws NOT_FOUND */
  pause(target: string, options: ControlOptions): Promise<Control>
  /** Ends a pause and a limit. */
  resume(target: string): Promise<void>
  /** At most so many of its messages at work at the same time in one process. */
  limit(target: string, concurrency: number, options: ControlOptions): Promise<Control>
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
  readonly kind: 'pause' | 'limit'
  readonly concurrency?: number
  readonly why: string
  readonly sinceMs: number
  readonly untilMs?: number
}

export interface ControlOptions {
  readonly why: string
  readonly forMs?: number
}
