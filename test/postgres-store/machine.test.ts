import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Claimed, Outcome, Store } from '../../src/port/store.ts'
import { Model, type Place } from './model.ts'
import { claim, message, until, type World, world } from './world.ts'

/** Histories that are tried; TIELINE_HISTORIES asks for more. */
const HISTORIES = Number(process.env['TIELINE_HISTORIES'] ?? 15)
const FAULT = { code: 'NO', message: 'no', retryable: true, fingerprint: 'f' }

const who = fc.nat(1)
const which = fc.nat(1_000)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('accept'), who, which: fc.nat(4) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('claim'), who, which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('done'), who, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('retry', 'wait', 'dead', 'hold'), who, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('replay', 'discard'), who, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen', 'kill', 'advance'), who, which }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Two stores on one schema, the model beside them. */
class Machine {
  readonly #world: World
  readonly #model = new Model()
  readonly #stores: Store[] = []
  /** What each store has handed out, and under which number it works. */
  readonly #held: { claimed: Claimed; by: number }[] = []
  readonly #lives = [0, 0]
  #accepted = 0

  constructor(world: World) {
    this.#world = world
  }

  async open(who: number): Promise<void> {
    this.#stores[who] = await this.#world.store()
  }

  async run({ do: act, who, which }: Step): Promise<void> {
    const by = this.#by(who)
    switch (act) {
      case 'accept': {
        const id = `${this.#accepted++}`
        await this.#tried(who, (store) => store.accept([message(id, `k${which}`)]))
        return this.#model.accept(id, `k${which}`)
      }
      case 'claim':
        return this.#claim(who, 1 + which)
      case 'done':
        return this.#settle(which, (lease) => ({ as: 'done', lease }), { at: 'over' })
      case 'retry':
        return this.#settle(which, (lease) => ({ as: 'retry', lease, afterMs: which % 50, fault: FAULT }), {
          at: 'waiting',
        })
      case 'wait':
        return this.#settle(which, (lease) => ({ as: 'wait', lease, afterMs: which % 50, why: 'gate' }), {
          at: 'waiting',
        })
      case 'dead':
      case 'hold': {
        const holds = act === 'hold'
        const lane = holds ? 'hold' : 'release'
        return this.#settle(which, (lease) => ({ as: 'dead', lease, fault: FAULT, lane }), { at: 'dead', holds })
      }
      case 'replay':
      case 'discard':
        return this.#move(who, act, which)
      case 'reopen':
        await this.#stores[who]![Symbol.asyncDispose]()
        this.#model.gone(by)
        this.#lives[who]!++
        return this.open(who)
      case 'kill':
        await this.#world.sql(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()
            AND application_name LIKE 'tieline:%' AND pid % 2 = $1`,
          [who],
        )
        for (const one of [0, 1]) this.#model.shaken(this.#by(one))
        return
      default:
        await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }

  /** Everything is delivered in the end, without anybody being asked to look. */
  async finish(): Promise<void> {
    for (const work of await this.#deadLetters()) await this.#move(0, 'discard', 0, work)
    await until(`all is delivered, ${this.#model.pending} are not`, async () => {
      for (const who of [0, 1]) await this.#claim(who, 100)
      while (this.#held.length > 0) await this.#settle(0, (lease) => ({ as: 'done', lease }), { at: 'over' })
      return this.#model.pending === 0
    })
    const status = await this.#tried(0, (store) => store.status())
    expect(status).toMatchObject({ accepted: this.#accepted, pending: 0, dead: 0, leased: 0 })
    expect(status.delivered + status.discarded).toBe(this.#accepted)
  }

  async #claim(who: number, limit: number): Promise<void> {
    const got = await this.#tried(who, (store) => claim(store, limit))
    const sure = await this.#calm()
    for (const claimed of got) {
      this.#model.claim(claimed.message.id, claimed.key, this.#by(who), claimed.lease.token, sure)
      this.#held.push({ claimed, by: this.#by(who) })
    }
  }

  /** Every worker holds the lock of its session: none is about to be taken for dead. */
  async #calm(): Promise<boolean> {
    const rows = await this.#world.sql(
      `SELECT 1 FROM S.worker w WHERE NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objid = w.id::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
    )
    return rows.length === 0
  }

  async #settle(which: number, outcome: (lease: Claimed['lease']) => Outcome, next: Place): Promise<void> {
    if (this.#held.length === 0) return
    const [{ claimed, by }] = this.#held.splice(which % this.#held.length, 1) as [{ claimed: Claimed; by: number }]
    const who = by % 2
    const [settled] = await this.#tried(who, (store) => store.settle([outcome(claimed.lease)]))
    const { id } = claimed.message
    const place = this.#model.place(id)
    if (place.at !== 'leased' || place.token !== claimed.lease.token)
      return expect(settled, `former lease of ${id}`).toBe('stale')
    this.#model.end(id, settled!, next)
    // Its worker was replaced: somebody else gets it.
    if (settled === 'stale') this.#model.lost(id)
  }

  async #move(who: number, act: 'replay' | 'discard', which: number, work?: string): Promise<void> {
    const letters = work === undefined ? await this.#deadLetters() : [work]
    if (letters.length === 0) return
    const chosen = letters[which % letters.length]!
    const [row] = await this.#tried(who, (store) => store.history([chosen]))
    const moved = await this.#tried(who, (store) =>
      store.move([{ work: chosen, to: act === 'replay' ? 'ready' : 'discard', why: 'ops' }]),
    )
    expect(moved).toEqual([chosen])
    this.#model.end(row!.id, 'ok', { at: act === 'replay' ? 'waiting' : 'over' })
  }

  async #deadLetters(): Promise<string[]> {
    const page = await this.#tried(0, (store) => store.find({ states: ['dead'], limit: 1_000 }))
    return page.items.map(({ work }) => work)
  }

  /** As a caller does who is told that the store is away. */
  async #tried<T>(who: number, ask: (store: Store) => Promise<T>): Promise<T> {
    let answer: { readonly of: T } | undefined
    await until('the store answers', async () => {
      answer = await ask(this.#stores[who]!).then(
        (of) => ({ of }),
        (error: { code?: unknown }) => {
          if (error.code !== 'STORE_UNAVAILABLE') throw error
          return undefined
        },
      )
      return answer !== undefined
    })
    return answer!.of
  }

  /** Odd and even: who; it changes when the store is opened again. */
  #by(who: number): number {
    return this.#lives[who]! * 2 + who
  }
}

test(
  'two stores on one schema keep order, owners and every message, whatever happens',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), async (steps) => {
        await using w = await world()
        const machine = new Machine(w)
        await Promise.all([machine.open(0), machine.open(1)])
        for (const one of steps) await machine.run(one)
        await machine.finish()
      }),
      { numRuns: HISTORIES, endOnFailure: process.env['TIELINE_SHRINK'] === undefined },
    )
  },
  60_000 + HISTORIES * 5_000,
)
