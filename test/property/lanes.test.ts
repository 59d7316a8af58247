import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryCore, MemoryDesk } from '../../src/adapter/store/memory/index.ts'
import type { Claimed, ClaimRequest } from '../../src/port/store.ts'

/** A life of the lanes: tenants with few keys, windows so small that most of it is on disk. */
const TENANTS = ['', 'a', 'b', 'c', 'd']
const at = { now: 0, mono: 0 }
const FAULT = { code: 'NO', message: 'no', retryable: false, fingerprint: 'f' }

const tenant = fc.constantFrom(...TENANTS)
const key = fc.integer({ min: 0, max: 5 }).map((n) => `k${n}`)
const which = fc.nat(1_000)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('accept'), tenant, keys: fc.array(key, { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flood'), tenant, count: fc.integer({ min: 20, max: 120 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('claim'),
      limit: fc.integer({ min: 1, max: 6 }),
      tenants: fc.array(tenant, { maxLength: 2 }),
      keys: fc.array(key, { maxLength: 2 }),
      weight: fc.constantFrom(undefined, 0.5, 3),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('done', 'again', 'dead', 'crash'), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('replay', 'discard'), which }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Entry {
  readonly id: number
  readonly lane: string
  readonly tenant: string
  state: 'waiting' | 'leased' | 'dead' | 'over'
}

/** The lanes beside what they must do. */
class Pair {
  readonly #core: MemoryCore
  readonly #desk: MemoryDesk
  readonly entries: Entry[] = []
  readonly held: Claimed[] = []

  constructor(flowWindow: number, laneWindow: number) {
    this.#core = new MemoryCore({ flowWindow, laneWindow, remembered: 10_000 })
    this.#desk = new MemoryDesk(this.#core)
  }

  run(one: Step): void {
    switch (one.do) {
      case 'accept':
        this.accept(one.tenant, one.keys)
        break
      case 'flood':
        this.accept(
          one.tenant,
          Array.from({ length: one.count }, (_, i) => `k${i % 40}`),
        )
        break
      case 'claim':
        this.#claimUnder(one)
        break
      case 'replay':
      case 'discard':
        this.#move(one.do, one.which)
        break
      default:
        this.#end(one.do, one.which)
    }
  }

  #claimUnder({ limit, tenants, keys, weight }: Step & { readonly do: 'claim' }): void {
    const weights = weight === undefined ? {} : { weights: { a: weight } }
    const except = tenants.length + keys.length > 0 ? { except: { tenants, keys } } : {}
    for (const work of this.claim({ limit, ...except, ...weights })) {
      expect(tenants).not.toContain(work.tenant)
      expect(keys).not.toContain(work.key)
    }
  }

  #move(how: 'replay' | 'discard', which: number): void {
    const dead = this.entries.filter(({ state }) => state === 'dead')
    const entry = dead[which % Math.max(1, dead.length)]
    if (!entry) return
    const to = how === 'replay' ? 'ready' : 'discard'
    expect(this.#desk.move(at, [{ work: String(entry.id), to, why: 'x' }])).toHaveLength(1)
    entry.state = to === 'ready' ? 'waiting' : 'over'
  }

  accept(tenant: string, keys: readonly string[]): void {
    const messages = keys.map((key, i) => {
      const id = String(this.entries.length + 1 + i)
      const deliveries = [{ flow: 'f', key, effect: id, tenant }]
      return { source: 's', id, type: 't', attributes: {}, body: new Uint8Array(), deliveries }
    })
    this.#core.accept(at, messages)
    for (const key of keys)
      this.entries.push({ id: this.entries.length + 1, lane: `${tenant}/${key}`, tenant, state: 'waiting' })
  }

  claim(request: Partial<ClaimRequest>): Claimed[] {
    const works = this.#core.claim(at, { flows: ['f'], owner: 'me', limit: 1, leaseMs: 1_000, ...request })
    for (const work of works) {
      const entry = this.entries[Number(work.lease.id) - 1]!
      expect(entry.state, `${entry.id} is handed out`).toBe('waiting')
      const before = this.entries.filter(({ lane, id }) => lane === entry.lane && id < entry.id)
      const open = before.filter(({ state }) => state === 'waiting' || state === 'leased').map(({ id }) => id)
      expect(open, `${entry.id} comes before these of its key`).toEqual([])
      const leased = this.entries.some(({ lane, state }) => lane === entry.lane && state === 'leased')
      expect(leased, `${entry.lane} is leased twice`).toBe(false)
      entry.state = 'leased'
      this.held.push(work)
    }
    return works
  }

  /** Tenants of which something can be handed out. */
  get ready(): ReadonlySet<string> {
    const lanes = new Set<string>()
    const tenants = new Set<string>()
    for (const { lane, tenant, state } of this.entries) {
      if (state !== 'waiting' && state !== 'leased') continue
      if (state === 'waiting' && !lanes.has(lane)) tenants.add(tenant)
      lanes.add(lane)
    }
    return tenants
  }

  #end(how: 'done' | 'again' | 'dead' | 'crash', which: number): void {
    if (this.held.length === 0) return
    const [{ lease }] = this.held.splice(which % this.held.length, 1) as [Claimed]
    const outcome =
      how === 'done'
        ? ({ lease, as: 'done' } as const)
        : how === 'dead'
          ? ({ lease, as: 'dead', lane: 'release', fault: FAULT } as const)
          : ({ lease, as: 'retry', afterMs: 0, fault: FAULT } as const)
    expect(this.#core.settle(at, [outcome])).toEqual(['ok'])
    this.entries[Number(lease.id) - 1]!.state = how === 'done' ? 'over' : how === 'dead' ? 'dead' : 'waiting'
  }

  finishAll(): void {
    while (this.held.length > 0) this.#end('done', 0)
  }
}

const lives = fc.record({
  steps: fc.array(step, { maxLength: 60 }),
  flowWindow: fc.constantFrom(3, 20, 50, 100_000),
  laneWindow: fc.constantFrom(1, 3, 1_000),
})

test('whatever happens: the order of a key holds, what is excepted stays, nobody starves and nothing is lost', () => {
  fc.assert(
    fc.property(lives, ({ steps, flowWindow, laneWindow }) => {
      const pair = new Pair(flowWindow, laneWindow)
      for (const one of steps) pair.run(one)
      pair.finishAll()
      const waited = new Map<string, number>()
      for (let ready = pair.ready; ready.size > 0; ready = pair.ready) {
        const [work] = pair.claim({ limit: 1 })
        expect(work, `nothing is handed out though ${[...ready]} have work`).toBeDefined()
        for (const tenant of ready) waited.set(tenant, (waited.get(tenant) ?? 0) + 1)
        waited.set(work!.tenant!, 0)
        // One turn of each of the others, and what was left of a turn with a weight.
        for (const [tenant, claims] of waited) expect(claims, `${tenant} waits`).toBeLessThan(TENANTS.length + 6)
        pair.finishAll()
      }
      expect(pair.entries.filter(({ state }) => state === 'waiting' || state === 'leased')).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a tenant with a million messages more leaves the others their turns, in bounded memory', () => {
  const pair = new Pair(1_000, 100)
  pair.accept(
    'a',
    Array.from({ length: 20_000 }, (_, i) => `k${i % 5_000}`),
  )
  pair.accept('b', ['x', 'y'])
  const first: string[] = []
  for (let i = 0; i < 4; i++) first.push(...pair.claim({ limit: 1 }).map(({ tenant }) => tenant!))
  expect(first).toEqual(['a', 'b', 'a', 'b'])
})
