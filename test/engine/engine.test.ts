import { describe, expect, it } from 'vitest'
import { flow } from '../../src/declare/flow/flow.ts'
import { target } from '../../src/declare/target/target.ts'
import { call, type Order, orders, type World, world } from './world.ts'

const order = (n: number, customer = 'anna'): Order => ({ id: `o${n}`, customer, amount: n })
const deals = flow('deals', {
  from: orders,
  key: (one) => one.customer,
  retry: { attempts: 3, base: '1s', max: '10s', maxRetryAfter: '1h' },
  to: target('deal', { call: call<Order>('deals'), with: (one: Order) => one }),
})

const ids = (it: World): string[] => it.seen.map((one) => one.body.id)

describe('from accept to settle', () => {
  it('delivers once, and tells a repeat', async () => {
    const it = await world([deals])
    expect(await it.send(order(1))).toEqual({ as: 'accepted', messages: [{ id: 'o1', duplicate: false }] })
    expect(await it.send(order(1))).toEqual({ as: 'accepted', messages: [{ id: 'o1', duplicate: true }] })
    await it.clock.advance(100)
    expect(ids(it)).toEqual(['o1'])
    expect(await it.engine.desk.status()).toMatchObject({
      accepted: 1,
      duplicates: 1,
      delivered: 1,
      pending: 0,
      ready: true,
    })
  })

  it('keeps the key, counts the attempts, keeps the order of the lane through a retry', async () => {
    const it = await world([deals])
    it.answer = (seen) => (seen.body.id === 'o1' && seen.attempt === '1' ? 500 : 200)
    await it.send(order(1), order(2), order(3, 'ben'))
    await it.clock.advance(60_000)
    expect(ids(it).filter((id) => id !== 'o3')).toEqual(['o1', 'o1', 'o2'])
    const [first, second] = it.seen.filter((one) => one.body.id === 'o1')
    expect(second?.key).toBe(first?.key)
    expect([first?.attempt, second?.attempt]).toEqual(['1', '2'])
    expect(new Set(it.seen.map((one) => one.key)).size).toBe(3)
  })

  it('honours Retry-After, and no longer than declared', async () => {
    const it = await world([deals])
    const busy = (seconds: string) => ({ status: 429, headers: { 'retry-after': seconds }, body: new Uint8Array() })
    it.answer = (seen) => (seen.attempt === '1' ? busy('120') : seen.attempt === '2' ? busy('999999') : 200)
    await it.send(order(1))
    await it.clock.advance(119_000)
    expect(it.seen).toHaveLength(1)
    await it.clock.advance(2_000)
    expect(it.seen).toHaveLength(2)
    await it.clock.advance(3_590_000)
    expect(it.seen).toHaveLength(2)
    await it.clock.advance(15_000)
    expect(it.seen).toHaveLength(3)
    expect((await it.engine.desk.status()).delivered).toBe(1)
  })

  it('dead-letters what is refused, holds the key, and replays at the old place with the old key', async () => {
    const it = await world([deals])
    let refuse = true
    it.answer = (seen) => (seen.body.id === 'o1' && refuse ? 400 : 200)
    await it.send(order(1), order(2))
    await it.clock.advance(10_000)
    expect(ids(it)).toEqual(['o1'])
    const [group] = await it.engine.desk.dead({})
    expect(group).toMatchObject({ flow: 'deals', code: 'PROVIDER_REFUSED', example: 'o1', count: 1 })
    const [why] = await it.engine.desk.why('anna')
    expect(why?.sentence).toMatch(/^the dead letter o1 holds the key since .*; replay or discard it$/)
    refuse = false
    expect(await it.engine.desk.replay({ works: group?.works ?? [], why: 'corrected' })).toEqual(group?.works)
    await it.clock.advance(10_000)
    expect(ids(it)).toEqual(['o1', 'o1', 'o2'])
    expect(it.seen[1]?.key).toBe(it.seen[0]?.key)
    expect(await it.engine.desk.status()).toMatchObject({ dead: 0, delivered: 2, pending: 0 })
  })

  it('goes on behind a dead letter once it is discarded', async () => {
    const it = await world([deals])
    it.answer = (seen) => (seen.body.id === 'o1' ? 400 : 200)
    await it.send(order(1), order(2))
    await it.clock.advance(5_000)
    const [group] = await it.engine.desk.dead({})
    await it.engine.desk.discard({ works: group?.works ?? [], why: 'a test order' })
    await it.clock.advance(5_000)
    expect(ids(it)).toEqual(['o1', 'o2'])
    expect(await it.engine.desk.status()).toMatchObject({ dead: 0, discarded: 1, delivered: 1, pending: 0 })
  })

  it('does not hold the key where the flow says so', async () => {
    const it = await world([{ ...deals, onDead: 'release key' }])
    it.answer = (seen) => (seen.body.id === 'o1' ? 400 : 200)
    await it.send(order(1), order(2))
    await it.clock.advance(5_000)
    expect(ids(it)).toEqual(['o1', 'o2'])
  })

  it('gives up after the declared attempts', async () => {
    const it = await world([deals])
    it.answer = () => 500
    await it.send(order(1))
    await it.clock.advance(120_000)
    expect(it.seen).toHaveLength(3)
    const [row] = (await it.engine.desk.find({ states: ['dead'], limit: 10 })).items
    expect(row?.fault).toMatchObject({ code: 'PROVIDER_FAULT' })
    expect(row?.fault?.message).toMatch(/^after 3 attempts: /)
    expect(row?.attempts).toBe(3)
  })

  it('sets a broken contract aside, and takes it in once it is corrected', async () => {
    const it = await world([deals])
    expect(await it.send({ id: 'o1', customer: 'anna', amount: 'many' })).toEqual({
      as: 'quarantined',
      id: 'o1',
      issues: [{ path: 'amount', message: 'expected a number' }],
    })
    await it.clock.advance(1_000)
    expect(await it.engine.desk.status()).toMatchObject({ quarantined: 1, accepted: 0, pending: 0 })
    const [row] = (await it.engine.desk.find({ states: ['quarantined'], limit: 10 })).items
    await expect(it.engine.desk.replay({ works: [row?.work ?? ''], why: 'again' })).rejects.toMatchObject({
      code: 'CONTRACT_BROKEN',
    })
    const body = new TextEncoder().encode(JSON.stringify(order(1)))
    expect(await it.engine.desk.edit(row?.work ?? '', body, 'amount was text')).toHaveLength(1)
    await it.clock.advance(1_000)
    expect(await it.engine.desk.status()).toMatchObject({ quarantined: 0, accepted: 1, delivered: 1 })
  })

  it('sets the whole request aside when one of its events is broken', async () => {
    const it = await world([deals])
    const taken = await it.send(order(1), { id: 'o2', customer: 'ben', amount: 'many' }, order(3))
    expect(taken).toMatchObject({ as: 'quarantined', id: 'o2' })
    expect(await it.engine.desk.status()).toMatchObject({ quarantined: 3, accepted: 0, pending: 0 })
    const groups = await it.engine.desk.dead({})
    expect(groups.map(({ count }) => count)).toEqual([2, 1])
    await it.engine.desk.replay({ works: groups[0]?.works ?? [], why: 'they are fine' })
    await it.clock.advance(1_000)
    expect(await it.engine.desk.status()).toMatchObject({ quarantined: 1, accepted: 2, delivered: 2 })
  })

  it('records what no flow takes', async () => {
    const it = await world([deals])
    await it.engine.intake.take(
      orders.endpoint,
      [{ id: 'x1', type: 'refund', attributes: {}, data: {} }],
      new Uint8Array([123, 125]),
    )
    expect(await it.engine.desk.status()).toMatchObject({ accepted: 1, skipped: 1, pending: 0 })
  })
})

describe('the operator', () => {
  it('pauses a flow, limits a connector, and both hold for a new process', async () => {
    const it = await world([deals])
    await it.engine.desk.pause('flow:deals', { why: 'maintenance' })
    await it.send(order(1), order(2, 'ben'))
    await it.clock.advance(10_000)
    expect(it.seen).toEqual([])
    expect((await it.engine.desk.why('anna'))[0]?.sentence).toMatch(/flow:deals is paused since .*: maintenance/)
    const second = it.second([deals])
    await second.start()
    await it.clock.advance(10_000)
    expect(it.seen).toEqual([])
    await second.drain(1)
    await it.engine.desk.resume('flow:deals', 'ready')
    await it.clock.advance(10_000)
    expect(it.seen).toHaveLength(2)
    await expect(it.engine.desk.pause('flow:nope', { why: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('what one process pauses and resumes holds in the others within a second', async () => {
    const it = await world([deals], { started: false })
    const traits = { ...it.store.traits, writers: 'many' as const }
    const other = it.second([deals], { ...it.store, traits })
    await other.start()
    await it.engine.desk.pause('flow:deals', { why: 'maintenance' })
    await it.clock.advance(1_000)
    await it.send(order(1))
    await it.clock.advance(10_000)
    expect(it.seen).toEqual([])
    await it.engine.desk.resume('flow:deals', 'ready')
    await it.clock.advance(1_000)
    expect(it.seen).toHaveLength(1)
  })

  it('a pause for a time ends by itself', async () => {
    const it = await world([deals])
    await it.engine.desk.pause('connector:crm', { why: 'release', forMs: 30_000 })
    await it.send(order(1))
    await it.clock.advance(29_000)
    expect(it.seen).toEqual([])
    await it.clock.advance(5_000)
    expect(it.seen).toHaveLength(1)
  })

  it('a limit holds the number at work', async () => {
    const it = await world([deals])
    let active = 0
    let most = 0
    it.answer = async () => {
      most = Math.max(most, ++active)
      await it.clock.sleep(100)
      active--
      return 200
    }
    await it.engine.desk.limit('flow:deals', { concurrency: 2 }, { why: 'careful' })
    await it.send(...Array.from({ length: 10 }, (_, n) => order(n, `c${n}`)))
    await it.clock.advance(10_000)
    expect(it.seen).toHaveLength(10)
    expect(most).toBe(2)
  })
})

describe('processes that die', () => {
  it('work at hand names its process; when that dies it runs again after its lease, with the same key', async () => {
    const it = await world([deals], { started: false })
    await it.send(order(1))
    const [dead] = await it.store.claim({ flows: ['deals'], owner: 'dead', limit: 1, leaseMs: 10_000 })
    expect((await it.engine.desk.find({ states: ['pending'], limit: 1 })).items[0]?.owner).toBe('dead')
    await it.engine.start()
    await it.clock.advance(9_000)
    expect(it.seen).toEqual([])
    await it.clock.advance(3_000)
    expect(it.seen.map((one) => one.key)).toEqual([dead?.effect])
  })

  it('a claim that is under way when the drain begins is work at hand, not a crash', async () => {
    const it = await world([deals])
    let release = (): void => {}
    const slow = new Promise<void>((resolve) => {
      release = resolve
    })
    const store = {
      ...it.store,
      claim: (request: Parameters<typeof it.store.claim>[0]) => slow.then(() => it.store.claim(request)),
    }
    const engine = it.second([deals], store)
    await it.engine.drain(1)
    await engine.start()
    await engine.intake.take(
      orders.endpoint,
      [
        {
          id: 'o9',
          type: 'order',
          attributes: {},
          data: order(9),
          raw: new TextEncoder().encode(JSON.stringify(order(9))),
        },
      ],
      new Uint8Array(),
    )
    let over = false
    const drained = engine.drain(5_000).then(() => {
      over = true
    })
    await it.clock.advance(100)
    expect(over).toBe(false)
    release()
    await it.clock.advance(10_000)
    await drained
    expect(await it.store.status()).toMatchObject({ leased: 0, delivered: 1 })
  })

  it('takes a message out of the way that three processes died over', async () => {
    const it = await world([deals], { started: false })
    await it.send(order(1), order(2, 'ben'))
    for (let crash = 0; crash < 3; crash++) {
      const claimed = await it.store.claim({ flows: ['deals'], owner: `dead-${crash}`, limit: 1, leaseMs: 1_000 })
      expect(claimed[0]?.crashes).toBe(crash)
      await it.clock.advance(1_500)
    }
    await it.engine.start()
    await it.clock.advance(5_000)
    expect(ids(it)).toEqual(['o2'])
    expect((await it.engine.desk.dead({}))[0]).toMatchObject({ code: 'CRASHED_REPEATEDLY', example: 'o1' })
  })

  it('a drain hands work back without counting an attempt', async () => {
    const it = await world([deals])
    it.answer = (_, request) => it.unanswered(request)
    await it.send(order(1))
    await it.clock.advance(50)
    const drained = it.engine.drain(1_000)
    await it.clock.advance(2_000)
    await drained
    await expect(it.send(order(2))).rejects.toMatchObject({ code: 'STOPPING' })
    const next = it.second([deals])
    it.answer = () => 200
    await next.start()
    await it.clock.advance(2_000)
    expect(it.seen.map((one) => one.attempt)).toEqual(['1', '1'])
    expect(it.seen[1]?.key).toBe(it.seen[0]?.key)
  })

  it('drops what is finished after a time, and nothing else', async () => {
    const it = await world([deals], { retainMs: 30_000 })
    it.answer = (seen) => (seen.body.id === 'o2' ? 400 : 200)
    await it.send(order(1), order(2, 'ben'))
    await it.clock.advance(100_000)
    expect((await it.engine.desk.show('o1'))[0]?.body).toBeUndefined()
    expect((await it.engine.desk.show('o2'))[0]?.body?.length).toBeGreaterThan(0)
    expect(await it.engine.desk.status()).toMatchObject({ accepted: 2, delivered: 1, dead: 1 })
  })
})
