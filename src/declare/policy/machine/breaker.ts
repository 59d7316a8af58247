import type { BreakerLayer } from '../layer.ts'
import { type Machine, ROUNDING_MS, type Verdict } from './machine.ts'
import { clear, count, startTally, type Tally } from './tally.ts'

/**
 * | phase     | calls              | leaves it                                                                        |
 * | --------- | ------------------ | -------------------------------------------------------------------------------- |
 * | closed    | all                | to open, when the window says so                                                 |
 * | open      | none               | to half-open, with the first call after `halfOpenAfter`                          |
 * | half-open | `probes` in all    | to open, when too many of them fail or are slow; to closed, when all have ended  |
 *
 * A result counts only in the phase that its call began in. Probes of which nothing is heard for `halfOpenAfter` are replaced by new ones.
 */
export interface BreakerState {
  phase: 'closed' | 'open' | 'half-open'
  /** When the phase began. Half-open may begin in the future: its first probes wait for it. */
  since: number
  /** Of the closed phase. */
  readonly tally: Tally
  /** Half-open: probes let through, and those that ended. */
  admitted: number
  ended: number
  failed: number
  slow: number
}

/** Opens it now, whatever it was. */
export function trip(state: BreakerState, now: number): void {
  become(state, 'open', now)
}

/** Closes it now, with an empty window. */
export function close(state: BreakerState, now: number): void {
  become(state, 'closed', now)
  clear(state.tally)
}

/** From open to half-open, with no probe yet; for an operator who says `probe now`, and for a phase taken over. */
export function tryHalfOpen(state: BreakerState, now: number): void {
  if (state.phase === 'open') become(state, 'half-open', now)
}

function become(state: BreakerState, phase: BreakerState['phase'], now: number): void {
  state.phase = phase
  state.since = now
  state.admitted = state.ended = state.failed = state.slow = 0
}

export function breakerMachine(layer: BreakerLayer): Machine<BreakerState> {
  const { window, halfOpenAfterMs, probes, slowAfterMs = Number.POSITIVE_INFINITY } = layer
  const failedProbes = layer.failureRate === undefined ? 0 : Math.ceil(layer.failureRate * probes) - 1
  const slowProbes = Math.ceil((layer.slowRate ?? 2) * probes) - 1

  function enter(state: BreakerState, now: number, patienceMs: number): number {
    if (state.phase === 'closed') return 0
    if (state.phase === 'open') {
      const left = state.since + halfOpenAfterMs - now
      if (left > patienceMs) return left
      become(state, 'half-open', now + Math.max(0, left))
    } else if (now - state.since > halfOpenAfterMs) become(state, 'half-open', now)
    const wait = Math.max(0, state.since - now)
    if (wait > patienceMs) return wait
    if (state.admitted >= probes) return Number.POSITIVE_INFINITY
    state.admitted++
    return wait
  }

  function leave(state: BreakerState, now: number, verdict: Verdict, tookMs: number): void {
    const unused = verdict === 'none' && tookMs === 0 // given back before the call began: a probe that waited for its turn
    if (state.phase === 'open' || (!unused && now - tookMs < state.since - ROUNDING_MS)) return
    const failed = verdict === 'failed'
    const slow = tookMs > slowAfterMs
    if (state.phase === 'half-open') probed(state, now, verdict, slow)
    else if (verdict !== 'none') {
      count(state.tally, window, now, failed, slow)
      if ((failed || slow) && opens(layer, state.tally)) trip(state, now)
    }
  }

  function probed(state: BreakerState, now: number, verdict: Verdict, slow: boolean): void {
    if (verdict === 'none') {
      if (state.admitted > state.ended) state.admitted--
      return
    }
    state.ended++
    if (verdict === 'failed') state.failed++
    if (slow) state.slow++
    if (state.failed > failedProbes || state.slow > slowProbes) trip(state, now)
    else if (state.ended >= probes) close(state, now)
  }

  function room(state: BreakerState, now: number, aheadMs: number): number {
    if (state.phase === 'closed') return Number.POSITIVE_INFINITY
    if (state.phase === 'open') return now + aheadMs >= state.since + halfOpenAfterMs ? probes : 0
    if (now - state.since > halfOpenAfterMs) return probes
    return now + aheadMs >= state.since ? Math.max(0, probes - state.admitted) : 0
  }

  return {
    start: (now) => ({
      phase: 'closed',
      since: now,
      tally: startTally(window),
      admitted: 0,
      ended: 0,
      failed: 0,
      slow: 0,
    }),
    enter,
    leave,
    room,
  }
}

function opens(layer: BreakerLayer, { calls, failed, slow }: Tally): boolean {
  const { failures, failureRate, slowRate, minimum } = layer
  if (failures !== undefined && failed >= failures) return true
  if (calls < minimum) return false
  return (
    (failureRate !== undefined && failed >= failureRate * calls) || (slowRate !== undefined && slow >= slowRate * calls)
  )
}
