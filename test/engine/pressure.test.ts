import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { type Flow, flow, PRIORITIES, type Priority } from '../../src/declare/flow/flow.ts'
import { endpoint, type SourceEvent, source } from '../../src/declare/source/source.ts'
import { target } from '../../src/declare/target/target.ts'
import { createAdmittance, type Refusal } from '../../src/engine/pressure/admittance.ts'
import { createLedger, SHED_DOCUMENT } from '../../src/engine/pressure/ledger.ts'
import { createPressure } from '../../src/engine/pressure/pressure.ts'
import { routing } from '../../src/engine/routing.ts'
import { createIntake } from '../../src/engine/take.ts'
import { createWarm } from '../../src/engine/warm.ts'
import type { Store } from '../../src/port/store.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { call } from './world.ts'

const shop = endpoint({ name: 'shop', scheme: 'github', read: () => [] })
const stock = endpoint({ name: 'stock', scheme: 'github', read: () => [] })
const to = target('crm', { call: call<unknown>('orders'), with: (order: unknown) => order })

/** One flow of each class takes a type of the shop's; the stock's are all bulk. */
const flows: readonly Flow[] = [
  ...PRIORITIES.map((priority) => flow(priority, { from: source({ endpoint: shop, type: priority }), to, priority })),
  flow('counts', { from: source({ endpoint: stock, type: 'count' }), to, priority: 'bulk' }),
]

let ids = 0
const event = (type: string, tenant = ''): SourceEvent => ({
  id: String(ids++),
  type,
  attributes: tenant === '' ? {} : { tenant },
  data: {},
})

interface Options {
  readonly clock?: VirtualClock
  readonly store?: Store
  readonly accept?: Store['accept']
  readonly random?: () => number
  readonly bound?: number
  readonly declared?: readonly Flow[]
  /** How busy the event loop is. */
  readonly busy?: number
}

function engine(options: Options = {}) {
  const { clock = virtualClock(), random = () => 0.5, bound = 1_000_000, declared = flows } = options
  const inner = options.store ?? memory({ clock })
  const store: Store = { ...inner, ...(options.accept === undefined ? {} : { accept: options.accept }) }
  const logged: (readonly [string, unknown])[] = []
  const busy = () => options.busy ?? 0
  const host = {
    clock,
    random,
    busy,
    log: (_: string, name: string, fields: unknown) => void logged.push([name, fields]),
  }
  const table = routing(declared)
  const pressure = createPressure({ host, store, routing: table, bound: () => bound })
  const admittance = createAdmittance({ routing: table, pressure, admissions: localAdmissions(), host })
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
  const closed = () => undefined
  const intake = createIntake({ routing: table, store, digest, warm: createWarm(), closed, pressure, admittance })
  const stop = new AbortController()
  const kept = pressure.keep(stop.signal)
  const end = async (): Promise<void> => {
    stop.abort()
    await kept
  }
  return { clock, store, pressure, admittance, intake, logged, end }
}

/** A store that takes so many messages a second, one after the other, and holds so many that wait. */
function slow(clock: VirtualClock, perSecond: number, holds = Number.POSITIVE_INFINITY): Store['accept'] {
  let freeMs = 0
  return async (messages) => {
    const now = clock.mono()
    freeMs = Math.max(now, freeMs)
    if ((freeMs - now) * perSecond > holds * 1_000) throw new TielineError('STORE_BUSY', 'full')
    freeMs += (messages.length * 1_000) / perSecond
    await clock.sleep(freeMs - now)
    return messages.map(({ id }) => ({ id, duplicate: false }))
  }
}

type Engine = ReturnType<typeof engine>

/** What became of what was sent of one class. */
interface Told {
  accepted: number
  shed: number
  failed: number
  slowestMs: number
}

/** Sends at these rates, for so long, and lets time pass meanwhile. */
async function send({ clock, admittance, intake }: Engine, rates: Partial<Record<Priority, number>>, seconds: number) {
  const told = Object.fromEntries(
    PRIORITIES.map((one): [Priority, Told] => [one, { accepted: 0, shed: 0, failed: 0, slowestMs: 0 }]),
  ) as Record<Priority, Told>
  const debt: Record<string, number> = {}
  for (let part = 0; part < seconds * 20; part++) {
    for (const [type, rate] of Object.entries(rates)) {
      const it = told[type as Priority]
      debt[type] = (debt[type] ?? 0) + rate / 20
      for (; (debt[type] ?? 0) >= 1; debt[type] = (debt[type] ?? 0) - 1) {
        const events = [event(type)]
        if (admittance.admit(shop, events) !== undefined) {
          it.shed++
          continue
        }
        const begun = clock.mono()
        void intake.take(shop, events, new Uint8Array()).then(
          () => {
            it.accepted++
            it.slowestMs = Math.max(it.slowestMs, clock.mono() - begun)
          },
          () => it.failed++,
        )
      }
    }
    await clock.advance(50)
  }
  return told
}

async function press(it: Engine, level: 1 | 2): Promise<void> {
  const busy = new TielineError('STORE_BUSY', 'full')
  for (let i = 0; i < 3; i++) {
    const begun = it.pressure.begun()
    await it.clock.advance(level === 1 ? 260 : 100)
    if (level === 1) it.pressure.stored(begun)
    else {
      it.pressure.failed(busy)
      await it.clock.advance(150)
    }
  }
  await it.clock.advance(250)
  expect(it.pressure.level).toBe(level)
}

describe('at five times what the store takes', () => {
  it('bulk is shed within a second, critical never, and it ends by itself', async () => {
    const clock = virtualClock()
    const it = engine({ clock, accept: slow(clock, 100, 300) })
    const calm = await send(it, { critical: 20, normal: 40, bulk: 30 }, 3)
    expect([calm.bulk.shed, calm.normal.shed, it.pressure.level]).toEqual([0, 0, 0])
    const first = await send(it, { critical: 20, normal: 40, bulk: 440 }, 1.25)
    expect(it.pressure.level).toBeGreaterThan(0)
    expect(first.normal.shed).toBe(0)
    const rest = await send(it, { critical: 20, normal: 40, bulk: 440 }, 30)
    expect([first.critical.shed, rest.critical.shed, rest.critical.failed]).toEqual([0, 0, 0])
    expect(rest.bulk.shed).toBeGreaterThan(440 * 30 * 0.8)
    expect(rest.critical.slowestMs).toBeLessThan(5_000) // the shortest patience of senders
    const shed = first.bulk.shed + rest.bulk.shed + first.normal.shed + rest.normal.shed
    expect(it.admittance.facts().shed.reduce((sum, { requests }) => sum + requests, 0)).toBe(shed)
    await send(it, { critical: 20, normal: 40, bulk: 30 }, 30)
    const after = await send(it, { critical: 20, normal: 40, bulk: 30 }, 3)
    expect([after.bulk.shed, after.normal.shed, it.pressure.calm]).toEqual([0, 0, true])
    await it.end()
    const [document] = await it.store.read([SHED_DOCUMENT])
    const { shop: kept } = JSON.parse(document?.body ?? '{}') as Record<string, Record<string, number>>
    expect(Object.values(kept ?? {}).reduce((sum, count) => sum + count, 0)).toBe(
      it.admittance.facts().shed.reduce((sum, { requests }) => sum + requests, 0),
    )
  })

  it('of normal messages alone they are slowed to what the store takes', async () => {
    const clock = virtualClock()
    const it = engine({ clock, accept: slow(clock, 100, 300) })
    await send(it, { normal: 500 }, 10)
    const told = await send(it, { critical: 10, normal: 500 }, 30)
    expect([told.critical.shed, told.critical.failed]).toEqual([0, 0])
    expect(told.normal.shed).toBeGreaterThan(400 * 30 * 0.8)
    expect(told.normal.accepted).toBeGreaterThan(30 * 100 * 0.4) // and the store is not left idle
    await it.end()
  })

  it('a burst that the store works off within half a second is taken whole', async () => {
    const clock = virtualClock()
    const it = engine({ clock, accept: slow(clock, 1_000) })
    for (let i = 0; i < 10; i++) {
      const burst = await send(it, { bulk: 8_000 }, 0.05)
      await clock.advance(1_000)
      expect([burst.bulk.shed, burst.bulk.accepted, it.pressure.level]).toEqual([0, 400, 0])
    }
    await it.end()
  })

  it('a store that does not answer at all is pressure too', async () => {
    const clock = virtualClock()
    const it = engine({ clock, accept: () => new Promise(() => {}) })
    await send(it, { critical: 20 }, 2)
    expect(it.pressure.level).toBe(2)
    await it.end()
  })

  it('an event loop that is late is pressure, one pause of it is not', async () => {
    let lateMs = 0
    const inner = virtualClock()
    const clock: VirtualClock = { ...inner, sleep: (ms, signal) => inner.sleep(ms + lateMs, signal) }
    const it = engine({ clock })
    void it.intake.take(shop, [event('normal')], new Uint8Array())
    const pass = async (late: number, ms: number): Promise<number> => {
      lateMs = late
      for (let passed = 0; passed < ms; passed += 50) {
        it.pressure.stored(it.pressure.begun())
        await clock.advance(50)
      }
      return it.pressure.level
    }
    expect([await pass(1, 2_000), await pass(1_000, 300), await pass(1, 4_000)]).toEqual([0, 0, 0])
    expect([await pass(110, 1_500), await pass(410, 2_500), await pass(1, 10_000)]).toEqual([1, 2, 0])
    await it.end()
  })

  it('an idle process looks at nothing', async () => {
    let sleeps = 0
    const inner = virtualClock()
    const clock: VirtualClock = {
      ...inner,
      sleep: (ms, signal) => {
        sleeps++
        return inner.sleep(ms, signal)
      },
    }
    const it = engine({ clock })
    await clock.advance(3_600_000)
    expect(sleeps).toBe(0)
    await it.intake.take(shop, [event('normal')], new Uint8Array())
    await clock.advance(3_600_000)
    expect(sleeps).toBeLessThan(20)
    await it.end()
  })
})

describe('admittance', () => {
  it('refuses by the highest class of all events of a request, and what nobody takes is bulk', async () => {
    const it = engine()
    await press(it, 1)
    const why = (...types: string[]): Refusal['reason'] | undefined =>
      it.admittance.admit(
        shop,
        types.map((type) => event(type)),
      )?.reason
    expect([why('bulk'), why('unheard-of'), why('normal'), why('critical')]).toEqual([
      'class',
      'class',
      undefined,
      undefined,
    ])
    expect([why('bulk', 'normal'), why('bulk', 'critical')]).toEqual([undefined, undefined])
    await it.end()
  })

  it('refuses before the body where all that a source sends is bulk', async () => {
    const it = engine()
    expect(it.admittance.refuses(stock, 0)).toBe(undefined)
    await press(it, 1)
    expect(it.admittance.refuses(stock, 0)).toMatchObject({ code: 'OVERLOADED', reason: 'class' })
    expect(it.admittance.refuses(shop, 0)).toBe(undefined)
    expect(it.admittance.facts()).toEqual({
      level: 1,
      shed: [
        { source: 'stock', priority: 'bulk', requests: 1 },
        { source: 'stock', priority: 'normal', requests: 0 },
      ],
    })
    await it.end()
  })

  it('refuses everybody where the memory for bodies is full, and sheds before that', async () => {
    const it = engine()
    expect(it.admittance.refuses(shop, 1.01)).toMatchObject({ code: 'STORE_BUSY', reason: 'memory' })
    for (let i = 0; i < 4; i++) {
      it.admittance.refuses(shop, 0.2)
      await it.clock.advance(250)
    }
    expect(it.pressure.level).toBe(1)
    await it.end()
  })

  it('says to come again at times of their own', async () => {
    const chances = [0, 0.5, 0.999]
    let at = 0
    const it = engine({ random: () => chances[at++ % 3] ?? 0 })
    await press(it, 1)
    const pauses = [0, 1, 2].map(() => it.admittance.refuses(stock, 0)?.retryAfterMs ?? 0)
    expect(pauses.toSorted((a, b) => a - b)).toEqual([2_000, 6_000, 9_992])
    await it.end()
  })

  it('slows the loudest tenant and leaves the others alone', async () => {
    const it = engine()
    await press(it, 2)
    const shed: Record<string, number> = { loud: 0, quiet: 0 }
    const busy = new TielineError('STORE_BUSY', 'full')
    for (let part = 0; part < 6; part++) {
      for (let i = 0; i < 100; i++) {
        const tenant = i % 50 === 0 ? 'quiet' : 'loud'
        if (it.admittance.admit(shop, [event('normal', tenant)])?.reason === 'share')
          shed[tenant] = (shed[tenant] ?? 0) + 1
      }
      it.pressure.begun()
      it.pressure.failed(busy)
      await it.clock.advance(250)
    }
    expect(shed['quiet']).toBe(0)
    expect(shed['loud']).toBeGreaterThan(200)
    await it.end()
  })

  it('never sheds critical, and counts whatever it sheds', async () => {
    const types = fc.constantFrom(...PRIORITIES, 'unheard-of')
    const act = fc.oneof(
      fc.record({ send: fc.array(types, { minLength: 1, maxLength: 3 }), tenant: fc.constantFrom('', 'a', 'b') }),
      fc.record({ passMs: fc.nat(2_000) }),
      fc.record({ busy: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (acts, chance) => {
          const it = engine({ random: () => chance })
          let shed = 0
          for (const one of acts) {
            if ('passMs' in one) await it.clock.advance(one.passMs)
            else if ('busy' in one) {
              it.pressure.begun()
              it.pressure.failed(one.busy ? new TielineError('STORE_FULL', 'full') : new Error('else'))
            } else {
              const refusal = it.admittance.admit(
                shop,
                one.send.map((type) => event(type, one.tenant)),
              )
              if (one.send.includes('critical')) expect(refusal).toBe(undefined)
              if (refusal !== undefined) shed++
            }
          }
          await it.end()
          const counted = it.admittance.facts().shed
          expect(counted.reduce((sum, { requests }) => sum + requests, 0)).toBe(shed)
          const [document] = await it.store.read([SHED_DOCUMENT])
          const kept = JSON.parse(document?.body ?? '{"shop":{}}') as Record<string, Record<string, number>>
          expect(Object.values(kept['shop'] ?? {}).reduce((sum, count) => sum + count, 0)).toBe(shed)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a backlog', () => {
  /** Pending work of the flows, as the store tells it. */
  function backlogged() {
    const clock = virtualClock()
    const pending: Record<string, number> = {}
    const inner = memory({ clock })
    const store: Store = {
      ...inner,
      status: async () => ({
        ...(await inner.status()),
        flows: Object.entries(pending).map(([name, count]) => ({ flow: name, pending: count })),
      }),
    }
    return { it: engine({ clock, store, bound: 100 }), pending }
  }
  const tick = async (it: Engine, seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      it.pressure.stored(it.pressure.begun())
      await it.clock.advance(1_000)
    }
  }
  const why = (it: Engine, type: string): Refusal['reason'] | undefined =>
    it.admittance.admit(shop, [event(type)])?.reason

  it('over its bound concerns its own flow, stops who pulls for it, and ends by itself', async () => {
    const { it, pending } = backlogged()
    pending['counts'] = 150
    await tick(it, 4)
    expect(it.pressure.level).toBe(0)
    expect(it.admittance.admit(stock, [event('count')])?.reason).toBe('class')
    expect([why(it, 'bulk'), why(it, 'normal')]).toEqual([undefined, undefined])
    expect([it.admittance.pulls(stock), it.admittance.pulls(shop)]).toEqual([false, true])
    pending['counts'] = 10
    await it.clock.advance(20_000) // by itself: nothing more comes in
    expect([it.admittance.pulls(stock), it.pressure.calm]).toEqual([true, true])
    expect(it.logged.map(([, fields]) => fields)).toEqual([
      { level: 1, flow: 'counts', pending: 150 },
      { level: 0, flow: 'counts', pending: 10 },
    ])
    await it.end()
  })

  it('of a critical flow refuses nothing', async () => {
    const { it, pending } = backlogged()
    pending['critical'] = 10_000
    await tick(it, 4)
    expect([why(it, 'critical'), why(it, 'bulk')]).toEqual([undefined, undefined])
    expect(it.admittance.pulls(shop)).toBe(true)
    await it.end()
  })
})

describe('what was shed', () => {
  it('is added up over processes, and nothing is lost when the store fails or another writes first', async () => {
    const clock = virtualClock()
    const store = memory({ clock })
    let failing = false
    const broken: Pick<Store, 'read' | 'write'> = {
      read: (keys) => (failing ? Promise.reject(new Error('gone')) : store.read(keys)),
      write: store.write,
    }
    const host = { clock, log: () => {} }
    const [one, two] = [createLedger(broken, host), createLedger(store, host)]
    one.shed('shop', 'bulk')
    two.shed('shop', 'bulk')
    two.shed('stock', 'normal')
    await Promise.all([one.save(), two.save()])
    failing = true
    one.shed('shop', 'normal')
    await one.save(true)
    expect(one.unsaved).toBe(true)
    failing = false
    one.shed('shop', 'normal')
    await one.save() // too early
    expect(one.unsaved).toBe(true)
    await clock.advance(5_000)
    await one.save()
    const [document] = await store.read([SHED_DOCUMENT])
    expect(JSON.parse(document?.body ?? '')).toEqual({
      shop: { bulk: 2, normal: 2 },
      stock: { bulk: 0, normal: 1 },
    })
    expect(one.unsaved).toBe(false)
  })
})

describe('work that waits on disk', () => {
  async function wait(busy: number, waitedMs: number): Promise<number> {
    const it = engine({ busy })
    for (let look = 0; look < 12; look++) {
      it.pressure.held(0)
      await it.intake.take(shop, [event('critical')], new Uint8Array())
      it.pressure.waited(it.clock.now() - (look === 0 ? 0 : waitedMs))
      await it.clock.advance(250)
    }
    const { level } = it.pressure
    await it.end()
    return level
  }

  it('presses while the process has no time to spare', async () => {
    expect(await wait(1, 20)).toBe(0)
    expect(await wait(1, 100)).toBe(1)
    expect(await wait(1, 1_000)).toBe(2)
  })

  it('does not press while the process waits for a provider: that is what the store is for', async () => {
    expect(await wait(0.7, 60_000)).toBe(0)
  })
})

it('what is over its share is refused unread where its source has no tenants, and read where it may be a quiet one', async () => {
  const only = [flow('normal', { from: source({ endpoint: shop, type: 'normal' }), to })]
  const refusals = async (...tenants: readonly string[]): Promise<number> => {
    const it = engine({ declared: only })
    let refused = 0
    for (let look = 0; look < 16; look++) {
      it.admittance.refuses(shop, 0.9)
      for (let n = 0; n < 40; n++) {
        if (it.admittance.refuses(shop, 0.9) !== undefined) refused++
        else it.admittance.admit(shop, [event('normal', tenants[n % tenants.length])])
      }
      await it.clock.advance(250)
    }
    await it.end()
    return refused
  }
  expect(await refusals('')).toBeGreaterThan(100)
  expect(await refusals('acme', 'umbrella')).toBe(0)
})
