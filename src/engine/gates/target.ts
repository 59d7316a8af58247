import type { GateLayer } from '../../declare/policy/layer.ts'
import { close } from '../../declare/policy/machine/breaker.ts'
import { Presence } from '../steering/presence.ts'
import type { GateDocument, Part, Phase } from './document.ts'
import { Gate, type Keeper } from './gate.ts'
import { closeProvider, openProvider, type ProviderState } from './provider.ts'
import { fairShares, fairSlots } from './share.ts'

/** Where a worker has not been heard of for so long, its part is given to the others. */
const LOST_MS = 3_000
/** … and where it has not heard of itself for so long, it leaves its part alone. */
const STALE_MS = 2_000
/** Rates are kept a little below what is declared: packets of even calls arrive uneven. */
const SPARE = 0.98
/** What a worker without traffic asks for, so that its first call does not wait for a look. */
const IDLE = 0.02
/** Looks after which slots change hands where there are fewer than workers; handing one over takes two. */
const TURN = 6

/** For senders: what the others have used is told by the next look, and until then the whole rate counts. */
const ALWAYS: Keeper = Object.freeze({ inStep: () => true, moved: () => {} })

/** One resource, as this worker sees it: its gates, what its provider asks for, and this worker's part of the limits. */
export class Target implements Keeper {
  readonly name: string
  readonly provider: ProviderState = openProvider()
  readonly #gates = new Map<string, Gate>()
  readonly #presence = new Presence(LOST_MS)
  readonly #me: string
  readonly #shared: boolean
  readonly #moved: () => void
  #beat = 0
  #syncedMono = Number.NEGATIVE_INFINITY
  #mine: Part | undefined
  #providerN = 0
  /** Slots of each bulkhead that may be used here. */
  readonly #limits = new Map<string, number>()

  constructor(name: string, me: string, shared: boolean, moved: () => void) {
    this.name = name
    this.#me = me
    this.#shared = shared
    this.#moved = moved
  }

  get gates(): Iterable<Gate> {
    return this.#gates.values()
  }

  /** Part of the common rates, 0 to 1. */
  get share(): number {
    return this.#shared ? (this.#mine?.rate ?? 0) : 1
  }

  /** `inbound`: senders' own calls, which are not to wait for a look. */
  of(layer: GateLayer, now: number, inbound: boolean = false): Gate {
    const id = JSON.stringify(layer)
    let gate = this.#gates.get(id)
    if (gate === undefined) {
      gate = new Gate(layer, this.name, inbound ? ALWAYS : this, now)
      this.#gates.set(id, gate)
      if (inbound) gate.fill(now)
      else this.#apply(gate)
      this.#moved()
    }
    return gate
  }

  inStep(now: number): boolean {
    return !this.#shared || now - this.#syncedMono <= STALE_MS
  }

  moved(): void {
    this.#moved()
  }

  /** Whether there is something to tell or to learn. */
  get due(): boolean {
    return this.#shared || this.#news
  }

  /** Learns what stands there, and says what should. Undefined: nothing has changed. What was lowered counts at once, what was raised after `agreed`. */
  look(found: GateDocument, now: number): GateDocument | undefined {
    this.#learnPhases(found, now)
    this.#learnDemand(found, now)
    const others = Object.entries(found.workers).filter(
      ([name, part]) => name !== this.#me && this.#presence.lives(name, part.beat, now),
    )
    const first = others.every(([name]) => name > this.#me)
    const news = this.#news
    const breakers = this.#phases(found)
    const provider = this.provider.n > this.#providerN ? this.#demand(now) : found.provider
    if (!this.#parted && !news) {
      this.#syncedMono = now
      return undefined
    }
    return {
      turn: found.turn + (first && this.#beat % TURN === 0 ? 1 : 0),
      workers: this.#parted ? { ...Object.fromEntries(others), [this.#me]: this.#part(found, others, now) } : {},
      breakers,
      ...(provider === undefined ? {} : { provider }),
    }
  }

  /** There are limits, and others to share them with. */
  get #parted(): boolean {
    return this.#shared && [...this.#gates.values()].some(({ rate, bulkhead }) => rate ?? bulkhead)
  }

  get #news(): boolean {
    if (this.provider.n > this.#providerN) return true
    return [...this.#gates.values()].some(
      ({ breaker, published, wantsProbe }) => wantsProbe || (breaker !== undefined && breaker.phase !== published),
    )
  }

  /** It stands there now. */
  agreed(said: GateDocument, sentMono: number): void {
    this.#syncedMono = sentMono
    this.#mine = said.workers[this.#me]
    this.#providerN = Math.max(this.#providerN, said.provider?.n ?? 0)
    for (const gate of this.#gates.values()) {
      this.#apply(gate)
      const phase = said.breakers[gate.id]
      if (phase === undefined || phase.n === gate.phaseN) continue
      gate.phaseN = phase.n
      gate.published = phase.phase
      if (phase.phase === 'half-open' && gate.wantsProbe) gate.probe(sentMono)
    }
  }

  /** An operator wants it tried now. */
  probe(now: number): void {
    this.provider.untilMono = Math.min(this.provider.untilMono, now)
    for (const gate of this.#gates.values()) if (gate.breaker?.phase === 'open') gate.wantsProbe = true
  }

  #part(found: GateDocument, others: readonly (readonly [string, Part])[], now: number): Part {
    const names = [this.#me, ...others.map(([name]) => name)].sort()
    const want = this.#want(now)
    const wants = names.map((name) => (name === this.#me ? want : (found.workers[name] as Part).want))
    const at = names.indexOf(this.#me)
    const free = 1 - others.reduce((sum, [, part]) => sum + part.rate, 0)
    const rate = Math.max(0, Math.min(fairShares(wants)[at] as number, free))
    const slots: Record<string, number> = {}
    for (const { id, layer, bulkhead } of this.#gates.values()) {
      if (layer.kind !== 'bulkhead' || bulkhead === undefined) continue
      const taken = others.reduce((sum, [, part]) => sum + (part.slots[id] ?? 0), 0)
      const fair = fairSlots(wants, layer.limit, found.turn)[at] as number
      const mine = Math.max(0, Math.min(fair, layer.limit - taken))
      this.#limits.set(id, mine)
      bulkhead.limit = Math.min(bulkhead.limit, mine)
      slots[id] = Math.max(bulkhead.running, mine) // what is in use is given back when it has ended
    }
    for (const { rate: state } of this.#gates.values())
      if (state !== undefined) state.fraction = Math.min(state.fraction, rate * SPARE)
    return { beat: ++this.#beat, want, rate, slots }
  }

  /** All, where calls were held back here or nearly so; else a little more than was used. */
  #want(now: number): number {
    const sinceMs = Math.max(1, now - this.#syncedMono)
    let want = IDLE
    for (const gate of this.#gates.values()) {
      if (gate.layer.kind === 'rate limit') {
        const used = (gate.calls / sinceMs) * (gate.layer.perMs / gate.layer.limit)
        want = Math.max(want, gate.limited ? 1 : Math.min(1, used * 1.5))
      } else if (gate.layer.kind === 'bulkhead') {
        want = Math.max(want, gate.limited ? 1 : Math.min(1, ((gate.bulkhead?.running ?? 0) / gate.layer.limit) * 1.5))
      }
      gate.calls = 0
      gate.limited = false
    }
    return want
  }

  #apply({ id, rate, bulkhead }: Gate): void {
    if (!this.#shared) return
    if (rate !== undefined) rate.fraction = (this.#mine?.rate ?? 0) * SPARE
    if (bulkhead !== undefined) bulkhead.limit = this.#limits.get(id) ?? 0
  }

  #learnPhases(found: GateDocument, now: number): void {
    for (const gate of this.#gates.values()) {
      const phase = found.breakers[gate.id]
      if (gate.breaker === undefined || phase === undefined || phase.n <= gate.phaseN) continue
      gate.phaseN = phase.n
      if (phase.phase === 'closed') close(gate.breaker, now)
      else gate.stayOpen(now)
      gate.published = gate.breaker.phase
    }
  }

  #phases(found: GateDocument): GateDocument['breakers'] {
    const changed: Record<string, Phase> = {}
    for (const { id, breaker, published, wantsProbe } of this.#gates.values()) {
      const phase = wantsProbe ? 'half-open' : breaker?.phase
      if (phase === undefined || phase === published) continue
      changed[id] = { n: (found.breakers[id]?.n ?? 0) + 1, phase, by: this.#me }
    }
    return Object.keys(changed).length === 0 ? found.breakers : { ...found.breakers, ...changed }
  }

  #learnDemand({ provider }: GateDocument, now: number): void {
    if (provider === undefined || provider.n <= this.#providerN) return
    this.#providerN = provider.n
    closeProvider(this.provider, now, provider.ms, provider.why)
    this.provider.n = provider.n
  }

  #demand(now: number): GateDocument['provider'] {
    const { n, untilMono, why } = this.provider
    return { n: Math.max(n, this.#providerN + 1), ms: Math.max(0, Math.round(untilMono - now)), why }
  }
}
