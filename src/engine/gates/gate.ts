import type { GateLayer } from '../../declare/policy/layer.ts'
import { type BreakerState, trip, tryHalfOpen } from '../../declare/policy/machine/breaker.ts'
import type { BulkheadState } from '../../declare/policy/machine/bulkhead.ts'
import type { Machine, Retry, Verdict } from '../../declare/policy/machine/machine.ts'
import { type GateState, machineOf } from '../../declare/policy/machine/machine-of.ts'
import type { RateState } from '../../declare/policy/machine/rate.ts'
import type { Admission } from '../policy/admission.ts'

/** What a gate asks of whoever keeps it in step with the other workers. */
export interface Keeper {
  /** The limits of this worker are known, and lately enough that no other counts on them. */
  inStep(now: number): boolean
  /** Something was decided here that the others should know at once. */
  moved(): void
}

/** A policy's layer at work for one resource in this process. */
export class Gate implements Admission {
  /** The same in every process. */
  readonly id: string
  readonly name: string
  readonly layer: GateLayer
  readonly state: GateState
  readonly #machine: Machine<GateState>
  readonly #keeper: Keeper
  /** Calls since the last look, and whether one was held back. */
  calls = 0
  limited = false
  /** A breaker: which change of its phase is known here, and whether this worker would like to try it. */
  phaseN = 0
  published: BreakerState['phase'] = 'closed'
  wantsProbe = false

  constructor(id: string, layer: GateLayer, target: string, keeper: Keeper, now: number) {
    this.id = id
    this.name = `${layer.kind} of ${target}`
    this.layer = layer
    this.#machine = machineOf(layer)
    this.state = this.#machine.start(now)
    this.#keeper = keeper
  }

  get breaker(): BreakerState | undefined {
    return this.layer.kind === 'breaker' ? (this.state as BreakerState) : undefined
  }

  get bulkhead(): BulkheadState | undefined {
    return this.layer.kind === 'bulkhead' ? (this.state as BulkheadState) : undefined
  }

  get rate(): RateState | undefined {
    return this.layer.kind === 'rate limit' ? (this.state as RateState) : undefined
  }

  enter(now: number, patienceMs: number, retry: Retry): number {
    const blocked = this.#blockedMs(now)
    if (blocked > 0) return Math.max(blocked, patienceMs + 1) // Infinity is waited for in this process
    const wait = this.#machine.enter(this.state, now, patienceMs, retry)
    if (wait > 0) this.limited = true
    if (wait <= patienceMs) this.calls++
    return wait
  }

  leave(now: number, verdict: Verdict, tookMs: number): void {
    this.#machine.leave(this.state, now, verdict, tookMs)
    if (this.breaker !== undefined && this.breaker.phase !== this.published) this.#keeper.moved()
  }

  room(now: number, aheadMs: number): number {
    if (this.#blockedMs(now) > aheadMs) return 0
    const room = this.#machine.room(this.state, now, aheadMs)
    if (room <= 0) this.limited = true
    return room
  }

  /** Begins with its whole burst. */
  fill(now: number): void {
    if (this.rate?.by === 'token bucket') this.rate.due = now
  }

  /** This worker is the one that tries. */
  probe(now: number): void {
    this.wantsProbe = false
    tryHalfOpen(this.state as BreakerState, now)
  }

  /** Another worker tries, or has found it broken: nothing here until it says more, or falls silent. */
  stayOpen(now: number): void {
    this.wantsProbe = false
    trip(this.state as BreakerState, now)
  }

  /** Limits that are not in step might be somebody else's by now; a breaker is tried by one worker at a time. */
  #blockedMs(now: number): number {
    const { layer, breaker } = this
    if (layer.kind === 'rate limit' || layer.kind === 'bulkhead') {
      if (this.#keeper.inStep(now)) return 0
      this.limited = true
      this.#keeper.moved()
      return Number.POSITIVE_INFINITY
    }
    if (breaker === undefined || layer.kind !== 'breaker' || breaker.phase !== 'open') return 0
    const left = breaker.since + layer.halfOpenAfterMs - now
    if (left > 0) return left
    if (!this.wantsProbe) {
      this.wantsProbe = true
      this.#keeper.moved()
    }
    return SOON_MS
  }
}

/** When to ask again where a look at the others decides. */
const SOON_MS = 500
