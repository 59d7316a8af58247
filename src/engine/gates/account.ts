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
  readonly limitOf: (control: Control) => Gate
}

/** What a call passes whatever its policy says: the operator's hand, then what the provider has asked for. */
export class Account implements Admission {
  readonly name: string
  readonly #parts: AccountParts
  readonly #targets: ReadonlySet<string>

  constructor(parts: AccountParts) {
    this.#parts = parts
    this.name = `connector:${parts.connector}`
    this.#targets = new Set([this.name, `operation:${parts.connector}.${parts.operation}`])
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
    return all.length === 0 ? all : all.filter(({ target }) => this.#targets.has(target))
  }

  *#limits(controls: readonly Control[]): Iterable<Gate> {
    for (const control of controls) if (control.perSecond !== undefined) yield this.#parts.limitOf(control)
  }
}
