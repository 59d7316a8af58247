import { describe, expect, it } from 'vitest'
import type { Contract } from '../../src/declare/contract/contract.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { saga } from '../../src/declare/saga/saga.ts'
import { call, type Order, orders, world } from './world.ts'

const input = { name: 'order' } as unknown as Contract<Order>
const deal = call<Order>('deal')
const undoDeal = call<Order>('undo-deal')
const invoice = call<Order>('invoice')
const mail = call<Order>('mail')
const record = saga('record', { input, deadline: '1h' })
  .step('deal', {
    do: ({ input: one, ...more }) => deal(one, more),
    undo: ({ input: one, ...more }) => undoDeal(one, more),
  })
  .step('invoice', {
    do: ({ input: one, deal: made, ...more }) => invoice({ ...one, id: made.made }, more),
    irreversible: 'the tax office keeps it',
  })
  .step('mail', { do: ({ input: one, ...more }) => mail(one, more), when: ({ input: one }) => one.amount > 0 })
const recording = flow('recording', {
  from: orders,
  key: (one) => one.customer,
  to: record,
  retry: { attempts: 3, base: '1s' },
})

const order: Order = { id: 'o1', customer: 'anna', amount: 1 }

describe('a saga', () => {
  it('runs its steps in order, each with a key of its own, and hands results on', async () => {
    const it = await world([recording])
    await it.send(order)
    await it.clock.advance(100)
    expect(it.seen.map((one) => one.path)).toEqual(['/deal', '/invoice', '/mail'])
    expect(it.seen[1]?.body.id).toBe('/deal:o1')
    expect(new Set(it.seen.map((one) => one.key)).size).toBe(3)
    expect((await it.engine.desk.status()).delivered).toBe(1)
  })

  it('of which only the newest counts is brought to its end once it has begun', async () => {
    const newest = flow('newest', {
      from: orders,
      key: (one) => one.customer,
      to: record,
      latest: {},
      retry: { attempts: 3, base: '1s' },
    })
    const it = await world([newest])
    it.answer = (seen) => (seen.path === '/invoice' && seen.attempt === '1' ? 500 : 200)
    await it.send(order)
    await it.clock.advance(0)
    expect(it.seen.map(({ path }) => path)).toEqual(['/deal', '/invoice'])
    await it.send({ ...order, id: 'o2' }, { ...order, id: 'o3' })
    await it.clock.advance(10_000)
    const done = (id: string) => it.seen.filter(({ body, path }) => path === '/mail' && body.id === id).length
    expect(['o1', 'o2', 'o3'].map(done)).toEqual([1, 0, 1])
    expect(await it.engine.desk.status()).toMatchObject({ delivered: 2, skipped: 1 })
  })

  it('goes on from the step that failed, with the same key', async () => {
    const it = await world([recording])
    it.answer = (seen) => (seen.path === '/invoice' && seen.attempt === '1' ? 500 : 200)
    await it.send(order)
    await it.clock.advance(60_000)
    expect(it.seen.map((one) => one.path)).toEqual(['/deal', '/invoice', '/invoice', '/mail'])
    expect(it.seen[1]?.key).toBe(it.seen[2]?.key)
  })

  it('undoes what was done when a step is refused, then dead-letters', async () => {
    const it = await world([recording])
    it.answer = (seen) => (seen.path === '/invoice' ? 400 : 200)
    await it.send(order)
    await it.clock.advance(60_000)
    expect(it.seen.map((one) => one.path)).toEqual(['/deal', '/invoice', '/undo-deal'])
    const [history] = await it.engine.desk.show('o1')
    expect(history?.fault?.code).toBe('COMPENSATED')
    expect(history?.trail.map((entry) => `${entry.what} ${entry.step ?? ''}`.trim())).toEqual([
      'begun deal',
      'done deal',
      'begun invoice',
      'failed',
      'undone deal',
      'dead',
    ])
  })

  it('goes on, and does not undo, when a step fails for a while after a replay', async () => {
    const it = await world([recording])
    let refuses = true
    let fails = true
    it.answer = ({ path }) => {
      if (path === '/invoice' && refuses) return 400
      if (path !== '/mail' || !fails) return 200
      fails = false
      return 500
    }
    await it.send(order)
    await it.clock.advance(60_000)
    const [dead] = await it.engine.desk.show('o1')
    refuses = false
    await it.engine.desk.replay({ works: [dead?.work ?? ''], why: 'invoice corrected' })
    await it.clock.advance(60_000)
    const forward = ['/deal', '/invoice', '/mail', '/mail']
    expect(it.seen.map((one) => one.path)).toEqual(['/deal', '/invoice', '/undo-deal', ...forward])
    expect((await it.engine.desk.status()).delivered).toBe(1)
  })

  it('undoes only after the pause that the provider asked for', async () => {
    const it = await world([recording])
    it.answer = ({ path }) =>
      path === '/invoice' ? { status: 429, headers: { 'retry-after': '30' }, body: new Uint8Array() } : 200
    await it.send(order)
    await it.clock.advance(300_000)
    const [last, undo] = it.seen.slice(-2)
    expect([last?.path, undo?.path]).toEqual(['/invoice', '/undo-deal'])
    expect((undo?.atMs ?? 0) - (last?.atMs ?? 0)).toBeGreaterThanOrEqual(30_000)
  })

  it('retries an undo, and a replay after compensation makes the effect anew with a new key', async () => {
    const it = await world([recording])
    let refuse = true
    it.answer = (seen) => {
      if (seen.path === '/invoice' && refuse) return 400
      if (seen.path === '/undo-deal' && seen.attempt === '1') return 500
      return 200
    }
    await it.send(order)
    await it.clock.advance(60_000)
    expect(it.seen.map((one) => one.path)).toEqual(['/deal', '/invoice', '/undo-deal', '/undo-deal'])
    refuse = false
    const [row] = (await it.engine.desk.find({ states: ['dead'], limit: 1 })).items
    await it.engine.desk.replay({ works: [row?.work ?? ''], why: 'invoice corrected' })
    await it.clock.advance(60_000)
    expect(it.seen.slice(4).map((one) => one.path)).toEqual(['/deal', '/invoice', '/mail'])
    expect(it.seen[4]?.key).not.toBe(it.seen[0]?.key) // it was undone: a new effect
    expect(it.seen[5]?.key).toBe(it.seen[1]?.key) // it never happened: the same effect
    expect((await it.engine.desk.status()).delivered).toBe(1)
  })

  it('leaves a step out when its condition says so', async () => {
    const it = await world([recording])
    await it.send({ ...order, amount: 0 })
    await it.clock.advance(1_000)
    expect(it.seen.map((one) => one.path)).toEqual(['/deal', '/invoice'])
  })

  it('begins nothing after its deadline', async () => {
    const it = await world([recording], { started: false })
    await it.send(order)
    await it.clock.advance(3_700_000)
    await it.engine.start()
    await it.clock.advance(10_000)
    expect(it.seen).toEqual([])
    expect((await it.engine.desk.dead({}))[0]?.code).toBe('DEADLINE_PASSED')
  })

  it('a step that never comes back gives its slot up', async () => {
    const stuck = flow('stuck', {
      from: orders,
      retry: { attempts: 1 },
      deadline: '5s',
      to: saga('stuck', { input }).step('wait', {
        do: () => new Promise<void>(() => {}),
        irreversible: 'it does nothing',
      }),
    })
    const it = await world([stuck])
    await it.send(order)
    await it.clock.advance(30_000)
    expect((await it.engine.desk.dead({}))[0]).toMatchObject({ code: 'HTTP_TIMEOUT', flow: 'stuck' })
  })

  it('refuses a call that a step does not name', async () => {
    const naming = flow('naming', {
      from: orders,
      to: saga('naming', { input }).step('deal', {
        calls: [mail],
        do: ({ input: one, ...more }) => deal(one, more),
        irreversible: 'x',
      }),
    })
    const it = await world([naming])
    await it.send(order)
    await it.clock.advance(1_000)
    expect(it.seen).toEqual([])
    expect((await it.engine.desk.dead({}))[0]?.code).toBe('DECLARATION_INVALID')
  })
})
