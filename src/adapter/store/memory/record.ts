import type { Fault } from '../../../core/fault.ts'
import type { History, JournalEntry, TrailEntry, WorkRow, WorkState } from '../../../port/store.ts'

export interface StoredMessage {
  readonly source: string
  readonly id: string
  readonly type: string
  readonly attributes: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly acceptedAtMs: number
}

/** One piece of work, in whatever state. */
export interface Work {
  readonly id: number
  readonly message: StoredMessage
  readonly flow: string
  readonly flowNumber: number
  readonly key: string
  readonly tenant: string
  readonly tenantNumber: number
  readonly effect: string
  readonly lane: number
  state: WorkState
  /** As of its end; while it is pending the lanes know. */
  attempts: number
  crashes: number
  replays: number
  settledAtMs?: number
  dueAtMs?: number
  why?: string
  fault?: Fault
  hold: boolean
  /** An edited body in place of the message's. */
  body?: Uint8Array
  readonly journal: JournalEntry[]
  trail: readonly TrailEntry[]
}

const TRAIL_LIMIT = 100

export function trace(work: Work, entry: TrailEntry): void {
  work.trail = [...work.trail.slice(1 - TRAIL_LIMIT), Object.freeze(entry)]
}

export function workRow(work: Work, owner: string | undefined): WorkRow {
  const row: { -readonly [K in keyof WorkRow]: WorkRow[K] } = {
    work: String(work.id),
    source: work.message.source,
    id: work.message.id,
    type: work.message.type,
    flow: work.flow,
    key: work.key,
    state: work.state,
    attempts: work.attempts,
    crashes: work.crashes,
    replays: work.replays,
    acceptedAtMs: work.message.acceptedAtMs,
  }
  if (work.tenant !== '') row.tenant = work.tenant
  if (work.settledAtMs !== undefined) row.settledAtMs = work.settledAtMs
  if (work.dueAtMs !== undefined) row.dueAtMs = work.dueAtMs
  if (owner !== undefined) row.owner = owner
  if (work.why !== undefined) row.why = work.why
  if (work.fault !== undefined) row.fault = work.fault
  return Object.freeze(row)
}

export function historyOf(work: Work, owner: string | undefined): History {
  return Object.freeze({
    ...workRow(work, owner),
    effect: work.effect,
    attributes: work.message.attributes,
    body: work.body ?? work.message.body,
    trail: work.trail,
  })
}
