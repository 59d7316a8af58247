import type { Priority } from '../../declare/flow/flow.ts'
import { climb, type Ladder, ladder, opening } from './ladder.ts'
import { adjust, hear, isOver, type Shares, shares } from './shares.ts'

/** What is under pressure or not: the process, or the backlog of one flow. Knows no clock and no chance; both are told. */
export interface Zone {
  readonly ladder: Ladder
  readonly shares: Shares
  steppedMs: number
}

/** Who would like to come in. */
export interface Sender {
  readonly source: string
  readonly tenant: string
}

export function zone(nowMs: number): Zone {
  return { ladder: ladder(nowMs), shares: shares(), steppedMs: nowMs }
}

/** One look at what presses. @param ratio measured over budget */
export function step(on: Zone, ratio: number, nowMs: number): void {
  adjust(on.shares, climb(on.ladder, ratio, nowMs), nowMs - on.steppedMs)
  on.steppedMs = nowMs
}

/** Nothing is refused here, and nothing needs to be counted. */
export function isCalm({ ladder, shares }: Zone, nowMs: number): boolean {
  return ladder.level === 0 && shares.cap === Number.POSITIVE_INFINITY && opening(ladder, nowMs) === 1
}

/**
 * Why a request of this class is refused here: for its class, or because its sender is over its share. `critical` never is.
 * @param chance in [0, 1)
 */
export function refusedBy(
  { ladder, shares }: Zone,
  priority: Priority,
  { source, tenant }: Sender,
  nowMs: number,
  chance: number,
): 'class' | 'share' | undefined {
  if (priority === 'critical') return undefined
  if (priority === 'bulk' && chance >= opening(ladder, nowMs)) return 'class'
  return isOver(shares, source, tenant) ? 'share' : undefined
}

/** A request was let in while the zone was not calm. */
export function letIn({ shares }: Zone, { source, tenant }: Sender): void {
  hear(shares, source, tenant)
}
