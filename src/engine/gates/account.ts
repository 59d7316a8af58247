import type { GateLayer, RateLimitLayer } from '../../declare/policy/layer.ts'
import type { Retry, Verdict } from '../../declare/policy/machine/machine.ts'
import type { Control } from '../desk.ts'
import type { Admission } from '../policy/admission.ts'
import type { Controls } from '../steering/controls.ts'
import type { Gate } from './gate.ts'
import { enterProvider, leaveProvider, roomOfProvider } from './provider.ts'
import type { Target } from './target.ts'

export interface AccountParts {
  readonly connector: string
  readonly operation: string
  readonly provider: Target
  readonly controls: Controls
  /** An operator's limit, as a gate. */
  readonly gate: (layer: GateLayer, each: 'connector' | 'operation') => Gate
}

/** What a call passes whatever its policy says: the operator's hand, then what the provider has asked for. */
export class Account implements Admission {
  readonly name: string
  readonly #parts: AccountParts
  readonly #targets: readonly (readonly [name: string, each: 'connector' | 'operation'])[]

  constructor(parts: AccountParts) {
    this.#parts = parts
    this.name = `connector:${parts.connector}`
    this.#targets = [
      [`connector:${parts.connector}`, 'connector'],
      [`operation:${parts.connector}.${parts.operation}`, 'operation'],
    ]
  }

  enter(now: number, patienceMs: number, retry: Retry): number {
    const controls = this.#mine()
    if (controls.some(({ kind }) => kind === 'pause')) return Number.POSITIVE_INFINITY
    const state = this.#parts.provider.provider
    const wait = enterProvider(state, now, patienceMs)
    if (wait > 0) return wait
    let longest = 0
    for (const gate of this.#limits(controls)) {
      const turn = gate.enter(now, patienceMs, retry)
      if (turn > patienceMs) {
        leaveProvider(state, 'none')
        return turn
      }
      longest = Math.max(longest, turn)
    }
    return longest
  }

  leave(_now: number, verdict: Verdict): void {
    leaveProvider(this.#parts.provider.provider, verdict)
  }

  room(now: number, aheadMs: number): number {
    const controls = this.#mine()
    let room = roomOfProvider(this.#parts.provider.provider, now, aheadMs)
    if (controls.length === 0) return room
    if (controls.some(({ kind }) => kind === 'pause')) return 0
    for (const gate of this.#limits(controls)) room = Math.min(room, gate.room(now, aheadMs))
    return room
  }

  #mine(): readonly Control[] {
    const all = this.#parts.controls.list()
    return all.length === 0 ? all : all.filter(({ target }) => this.#targets.some(([name]) => name === target))
  }

  *#limits(controls: readonly Control[]): Iterable<Gate> {
    for (const { target, perSecond } of controls) {
      const each = this.#targets.find(([name]) => name === target)?.[1]
      if (perSecond !== undefined && each !== undefined) yield this.#parts.gate(limitLayer(perSecond, each), each)
    }
  }
}

/** Whole calls in a whole number of milliseconds. */
function limitLayer(perSecond: number, each: 'connector' | 'operation'): RateLimitLayer {
  const rate = perSecond >= 1 ? { limit: perSecond, perMs: 1_000 } : { limit: 1, perMs: 1_000 / perSecond }
  return { kind: 'rate limit', each, by: 'token bucket', burst: 0, ...rate }
}
