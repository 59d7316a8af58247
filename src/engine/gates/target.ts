import type { GateLayer, RateLimitLayer } from '../../declare/policy/layer.ts'
import { close } from '../../declare/policy/machine/breaker.ts'
import { Presence } from '../steering/presence.ts'
import type { GateDocument, Part, Phase } from './document.ts'
import { Gate, type Keeper } from './gate.ts'
import { closeProvider, openProvider, type ProviderState } from './provider.ts'
import { fairSlots, ROUNDING } from './share.ts'

/** Where a worker has not been heard of for so long, its part is given to the others. */
const LOST_MS = 3_000
/** … and where it has not heard of itself for so long, it leaves its part alone. */
const STALE_MS = 2_000
/** Rates are kept a little below what is declared: packets of even calls arrive uneven. */
const SPARE = 0.98
/** What a worker without traffic asks for, so that its first call does not wait for a look. */
const IDLE = 0.02
/** What was wanted at the last look counts so much still: calls that wait in the store ask only now and then. */
const FADES = 0.7
/** What is left over changes hands so often where there is less of it than workers. Milliseconds; handing over takes two looks. */
const TURN_MS = 3_000
/** … and after so many windows at the soonest, for one of them passes unused at each change. */
const TURN_WINDOWS = 6
/** Calls for each worker from which one more or less in a window is below a twentieth. */
const ROUGH = 20

/** For senders: what the others have used is told by the next look, and until then the whole rate counts. */
const ALWAYS: Keeper = Object.freeze({ inStep: () => true, moved: () => {} })

const ids = new WeakMap<GateLayer, string>()

/** Equal layers are one gate, wherever they are declared. */
function idOf(layer: GateLayer): string {
  let id = ids.get(layer)
  if (id === undefined) {
    id = JSON.stringify(layer)
    ids.set(layer, id)
  }
  return id
}

/** One resource, as this worker sees it: its gates, what its provider asks for, and this worker's part of the limits. */
export class Target implements Keeper {
  readonly name: string
  readonly provider: ProviderState = openProvider()
  readonly #gates = new Map<string, Gate>()
  readonly #presence = new Presence(LOST_MS)
  readonly #me: string
  readonly #shared: boolean
  readonly #moved: () => void
  /** When it was last asked for. */
  usedMono: number = Number.NEGATIVE_INFINITY
  #beat = 0
  #turnedMono = Number.NEGATIVE_INFINITY
  #syncedMono = Number.NEGATIVE_INFINITY
  #mine: Part | undefined
  #providerN = 0
  #workers = 1
  #wanted = IDLE
  /** Parts of rates that are ours, and not yet used. */
  readonly #growing = new Map<string, { readonly least: number; readonly sinceMono: number }>()
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
    const id = idOf(layer)
    let gate = this.#gates.get(id)
    if (gate === undefined) {
      gate = new Gate(id, layer, this.name, inbound ? ALWAYS : this, now)
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
      turn: first ? this.#turned(found.turn, now) : found.turn,
      workers: this.#parted ? { ...Object.fromEntries(others), [this.#me]: this.#part(found, others, now) } : {},
      breakers,
      ...(provider === undefined ? {} : { provider }),
    }
  }

  /** No window of a rate may see what is left over in two hands. */
  #turned(turn: number, now: number): number {
    const turnMs = Math.max(TURN_MS, ...this.#rates.map((layer) => TURN_WINDOWS * layer.perMs))
    if (now - this.#turnedMono < turnMs) return turn
    this.#turnedMono = now
    return turn + 1
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
    this.#workers = names.length
    const rate = this.#rateOf(wants, at, others, found.turn)
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

  /**
   * In whole calls of the smallest limit: evenly paced calls of n a window are n in each window, wherever it begins, so that whole numbers that add up to
   * the limit keep it; fractions would be rounded up by each worker.
   */
  #rateOf(wants: readonly number[], at: number, others: readonly (readonly [string, Part])[], turn: number): number {
    const limit = Math.min(...this.#rates.map((layer) => layer.limit))
    if (limit === Number.POSITIVE_INFINITY) return 0
    const free = 1 - others.reduce((sum, [, part]) => sum + part.rate, 0)
    const fair = fairSlots(wants, limit, turn)[at] as number
    return Math.max(0, Math.min(fair, Math.floor(free * limit + ROUNDING * limit))) / limit
  }

  get #rates(): readonly RateLimitLayer[] {
    return [...this.#gates.values()].map(({ layer }) => layer).filter((layer) => layer.kind === 'rate limit')
  }

  /** All, where calls were held back here or nearly so; else a little more than was used. */
  #want(now: number): number {
    const sinceMs = Math.max(1, now - this.#syncedMono)
    let want = Math.max(IDLE, this.#wanted * FADES)
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
    this.#wanted = want
    return want
  }

  #apply({ id, layer, rate, bulkhead }: Gate): void {
    if (!this.#shared) return
    if (rate !== undefined && layer.kind === 'rate limit') rate.fraction = this.#fractionOf(id, layer, rate.fraction)
    if (bulkhead !== undefined) bulkhead.limit = this.#limits.get(id) ?? 0
  }

  /** Where one call more in a window counts, what another had is used when its last call has left the window. */
  #fractionOf(id: string, { limit, perMs }: RateLimitLayer, now: number): number {
    const fraction = (this.#mine?.rate ?? 0) * SPARE
    if (fraction <= now || limit >= this.#workers * ROUGH) {
      this.#growing.delete(id)
      return fraction
    }
    const { least, sinceMono } = this.#growing.get(id) ?? { least: fraction, sinceMono: this.#syncedMono }
    const ours = Math.min(least, fraction) // all the time since then
    if (this.#syncedMono - sinceMono < perMs) {
      this.#growing.set(id, { least: ours, sinceMono })
      return now
    }
    this.#growing.delete(id)
    return ours
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
