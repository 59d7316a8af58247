import type { MemoryCore, Work } from '../../adapter/store/memory/index.ts'
import type { Flow } from '../../declare/flow/flow.ts'
import type { Claimed, Lease, NewMessage, Outcome, Settled } from '../../port/store.ts'
import type { Incarnation } from './incarnation.ts'
import type { Subject } from './scenario.ts'
import type { Sim } from './sim.ts'

/** Who was given a lease last, and in what state. */
interface Holder {
  readonly process: Incarnation
  readonly token: number
  readonly disturbed: number
  readonly sinceMs: number
}

/** A call that has begun and has no answer yet. */
export interface Ticket {
  readonly work: Work
  readonly sinceMs: number
  readonly process: Incarnation
}

interface Patience {
  readonly process: Incarnation
  readonly token: number
  readonly untilMs: number
}

/**
 * What must hold, checked when it happens, so that a story ends at its fault. It sees both sides: what the store knows and what the
 * outside saw. What can be told only at the end is in `verdict`.
 */
export class Invariants {
  readonly #sim: Sim
  readonly #core: MemoryCore
  readonly #holdsKey: ReadonlySet<string>
  readonly #holders = new Map<number, Holder>()
  readonly #patience = new Map<number, Patience>()
  readonly #open = new Set<Ticket>()
  readonly #effects = new Set<string>()
  /** Works that an operator let others pass. */
  readonly #passed = new Set<number>()
  readonly #stored = new Set<string>()

  constructor(sim: Sim, core: MemoryCore, flows: readonly Flow[]) {
    this.#sim = sim
    this.#core = core
    this.#holdsKey = new Set(flows.filter(({ onDead }) => onDead === 'hold key').map(({ name }) => name))
  }

  accepted(messages: readonly NewMessage[]): void {
    for (const { source, id, attributes } of messages) {
      this.#stored.add(`${source}\n${id}`)
      const own = attributes['id']
      if (own !== undefined) this.#stored.add(`${source}\n${own}`)
    }
  }

  acknowledged(source: string, ids: readonly string[]): void {
    for (const id of ids) {
      if (!this.#stored.has(`${source}\n${id}`)) this.#sim.fail('acknowledged, not stored', `${source} ${id}`)
    }
  }

  claimed(process: Incarnation, claims: readonly Claimed[], disturbed: number): void {
    for (const { lease, flow, message, attempt } of claims) {
      const work = Number(lease.id)
      const before = this.#holders.get(work)
      this.#sim.say(process.name, 'leases', `${flow} ${message.id} token ${lease.token} attempt ${attempt}`)
      if (before !== undefined && undisturbed(before)) {
        this.#sim.fail('lease lost without a fault', `${before.process.name} had ${flow} ${message.id}`)
      }
      this.#holders.set(work, { process, token: lease.token, disturbed, sinceMs: this.#sim.now })
      this.#inOrder(work, 'leased')
    }
  }

  settled(process: Incarnation, outcomes: readonly Outcome[], settled: readonly Settled[]): void {
    outcomes.forEach((outcome, i) => {
      if (settled[i] !== 'ok') {
        this.#sim.say(process.name, 'is stale', outcome.lease.id)
        return
      }
      const work = Number(outcome.lease.id)
      this.#fenced(outcome.lease, `settled as ${outcome.as}`)
      const patience = this.#patience.get(work)
      if (
        outcome.as === 'retry' &&
        patience?.process === process &&
        patience.token === outcome.lease.token &&
        this.#sim.now + outcome.afterMs < patience.untilMs
      ) {
        this.#sim.fail('Retry-After ignored', `${process.name} retries ${this.#named(work)} too early`)
      }
      if (outcome.as === 'dead' && outcome.lane === 'release') this.#passed.add(work)
      this.#holders.delete(work)
    })
  }

  journalled(leases: readonly Lease[], settled: readonly Settled[]): void {
    leases.forEach((lease, i) => {
      if (settled[i] === 'ok') this.#fenced(lease, 'journalled')
    })
  }

  /** A process begins a call for this work. */
  called(process: Incarnation, subject: Subject): Ticket | undefined {
    const work = this.#find(subject)
    if (work === undefined) {
      this.#sim.fail('call for nothing stored', `${process.name}: ${subject.flow} ${subject.message}`)
      return undefined
    }
    const { now } = this.#sim
    const held = this.#core.lanes.holder(work.id)
    if (held === undefined || held.owner !== process.name || held.until < now) {
      this.#sim.fail('call without a live lease', `${process.name} calls for ${this.#named(work.id)}`)
    }
    const since = this.#holders.get(work.id)?.sinceMs ?? now
    for (const other of this.#open) {
      if (other.work === work && other.process === process && other.sinceMs >= since) {
        this.#sim.fail('two calls under one lease', `${process.name} for ${this.#named(work.id)}`)
      }
    }
    const patience = this.#patience.get(work.id)
    if (patience !== undefined && patience.token === held?.token && now < patience.untilMs) {
      this.#sim.fail('Retry-After ignored', `${process.name} calls again for ${this.#named(work.id)}`)
    }
    const ticket = { work, sinceMs: now, process }
    this.#open.add(ticket)
    return ticket
  }

  /** The answer has reached the process, or it gave up. */
  answered(ticket: Ticket, retryAfterMs: number): void {
    this.#open.delete(ticket)
    const holder = this.#holders.get(ticket.work.id)
    if (retryAfterMs === 0 || holder?.process !== ticket.process) return
    const untilMs = this.#sim.now + retryAfterMs
    this.#patience.set(ticket.work.id, { process: ticket.process, token: holder.token, untilMs })
  }

  /** A provider did something new. */
  effect({ flow, message }: Subject, effect: string): void {
    const work = this.#find({ flow, message })
    if (work === undefined) {
      this.#sim.fail('effect of nothing stored', `${flow} ${message}`)
      return
    }
    const name = `${work.id} ${effect}`
    if (this.#effects.has(name)) this.#sim.fail('effect doubled', `${effect} of ${flow} ${message}`)
    this.#effects.add(name)
    this.#inOrder(work.id, effect)
  }

  /** An operator replays or discards: what waited behind it may go on, and it may come after what it was before. */
  moved(works: readonly string[]): void {
    for (const work of works) this.#patience.delete(Number(work))
  }

  hasEffect(work: Work): boolean {
    for (const name of this.#effects) if (name.startsWith(`${work.id} `)) return true
    return false
  }

  #fenced({ id, token }: Lease, verb: string): void {
    const holder = this.#holders.get(Number(id))
    if (holder?.token !== token) this.#sim.fail('unfenced', `${this.#named(Number(id))} ${verb} under token ${token}`)
  }

  /** Whatever came before it in its lane has ended, or an operator has let it pass. */
  #inOrder(id: number, what: string): void {
    const work = this.#core.works.get(id)
    if (work === undefined) return
    for (const other of this.#core.works.values()) {
      if (other.id >= id) break
      if (other.lane !== work.lane || this.#passed.has(other.id)) continue
      const waits = other.state === 'pending' || (other.state === 'dead' && this.#holdsKey.has(other.flow))
      if (waits) this.#sim.fail('out of order', `${this.#named(id)} ${what} before ${this.#named(other.id)}`)
    }
  }

  #find({ flow, message }: Subject): Work | undefined {
    for (const work of this.#core.works.values()) {
      if (work.flow === flow && work.state !== 'quarantined' && work.message.id === message) return work
    }
    return undefined
  }

  #named(id: number): string {
    const work = this.#core.works.get(id)
    return work === undefined ? `work ${id}` : `${work.flow} ${work.message.id}`
  }
}

/** It is alive and well since it was given the lease, so nothing excuses that it is claimed again. */
const undisturbed = ({ process, disturbed, sinceMs }: Holder): boolean =>
  process.alive && process.disturbed === disturbed && process.pausedUntilMs <= sinceMs
