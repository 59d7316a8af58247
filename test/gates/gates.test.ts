import { describe, expect, test } from 'vitest'
import { breaker, bulkhead, endpoint, policy, rateLimit, source, timeout } from '../../src/index.ts'
import { type Call, connector, densest, manyOrders, orderFlow, put, world } from './world.ts'

const LATER = { status: 429, headers: { 'retry-after': '20' }, body: new Uint8Array() }

describe('a rate limit', () => {
  const limited = connector('limited', policy(rateLimit({ limit: 50, per: '1s' }), timeout('10s')))

  test.each([1, 3])(
    'of 50 a second holds in any second, and is used, by %i workers with a backlog',
    async (workers) => {
      const it = await world([orderFlow('orders', put(limited))], workers)
      await it.clock.advance(3_000)
      await it.send(...manyOrders(1_500))
      await it.clock.advance(22_000)
      expect(densest(it.calls, 1_000)).toBeLessThanOrEqual(52)
      const steady = it.calls.filter(({ atMs }) => atMs >= 5_000 && atMs < 20_000)
      expect(steady.length).toBeGreaterThanOrEqual(0.95 * 50 * 15)
    },
  )

  test.each([
    { limit: 1, per: '1s' },
    { limit: 2, per: '2s' },
    { limit: 5, per: '1s' },
    { limit: 10, per: '10s' },
  ] as const)('of $limit in $per holds with more workers than calls', async ({ limit, per }) => {
    const small = connector('small', policy(rateLimit({ limit, per }), timeout('10s')))
    const it = await world([orderFlow('orders', put(small))], 4)
    await it.clock.advance(3_000)
    await it.send(...manyOrders(400))
    await it.clock.advance(60_000)
    const perMs = Number.parseInt(per, 10) * 1_000
    expect(densest(it.calls, perMs)).toBeLessThanOrEqual(limit)
    expect(it.calls.length).toBeGreaterThan(0.7 * 60_000 * (limit / perMs))
  })

  test('a worker that begins later gets its part, one that stops gives it back, one that stands still is not counted on', async () => {
    const it = await world([orderFlow('orders', put(limited))], 2)
    await it.clock.advance(2_000)
    await it.send(...manyOrders(5_000))
    await it.clock.advance(10_000)
    const third = await it.start('worker 3')
    await it.clock.advance(10_000)
    third.freeze()
    await it.clock.advance(10_000)
    third.thaw()
    await it.clock.advance(10_000)
    const draining = it.workers[0]!.engine.drain(1_000)
    await it.clock.advance(20_000)
    await draining
    expect(densest(it.calls, 1_000)).toBeLessThanOrEqual(52)
    const by = (name: string, from: number, to: number): Call[] =>
      it.calls.filter(({ worker, atMs }) => worker === name && atMs >= from && atMs < to)
    expect(by('worker 3', 15_000, 20_000).length).toBeGreaterThan(60)
    // While it stood still the others had it all, after a while.
    expect(it.calls.filter(({ atMs }) => atMs >= 27_000 && atMs < 32_000).length).toBeGreaterThan(225)
    expect(it.calls.filter(({ atMs }) => atMs >= 52_000 && atMs < 60_000).length).toBeGreaterThan(0.9 * 50 * 8)
  })
})

describe('the rate of each tenant', () => {
  const each = connector('each', policy(rateLimit({ limit: 10, per: '1s', each: 'tenant' }), timeout('10s')))

  test('is shared by the workers, holds nobody else, and one that was silent is called for at once', async () => {
    const it = await world([orderFlow('orders', put(each))], 3)
    await it.clock.advance(2_000)
    await it.send(...manyOrders(300).map((order) => ({ ...order, tenant: 'loud' })))
    await it.clock.advance(10_000)
    expect(densest(it.calls, 1_000)).toBeLessThanOrEqual(11)
    expect(it.calls.length).toBeGreaterThan(60)
    await it.clock.advance(60_000)
    expect(await it.store.status()).toMatchObject({ delivered: 300 })
    await it.clock.advance(120_000)
    const before = it.clock.mono()
    await it.send({ id: 'again', customer: 'x', tenant: 'loud' }, { id: 'quiet', customer: 'y', tenant: 'quiet' })
    await it.clock.advance(6_000)
    const late = it.calls.filter(({ atMs }) => atMs >= before)
    expect(late.map(({ id }) => id).sort()).toEqual(['again', 'quiet'])
    expect(Math.max(...late.map(({ atMs }) => atMs)) - before).toBeLessThan(4_000)
  })
})

describe('the rate of a source', () => {
  test('has its burst at once, in each process, and is one for all of them after a moment', async () => {
    const shy = endpoint({
      name: 'shy',
      scheme: 'github',
      read: () => [],
      rate: { limit: 30, per: '1s' },
    })
    const flows = [
      orderFlow('orders', put(connector('any', policy(timeout('5s')))), {
        from: source({ endpoint: shy, type: 'order' }),
      } as never),
    ]
    const it = await world(flows, 3)
    const enter = (worker: number): boolean => it.workers[worker]!.engine.intake.admittance.enter(shy) === undefined
    expect(Array.from({ length: 30 }, () => enter(0))).not.toContain(false)
    expect(enter(0)).toBe(false)
    let taken = 0
    for (let ms = 0; ms < 10_000; ms += 20) {
      await it.clock.advance(20)
      for (const worker of [0, 1, 2])
        if (ms >= 5_000 && enter(worker)) taken++
        else if (ms < 5_000) enter(worker)
    }
    expect(taken / 5).toBeGreaterThan(24)
    expect(taken / 5).toBeLessThan(32)
    expect(it.workers[1]!.engine.desk.gates().map(({ target }) => target)).toContain('source:shy')
  })
})

describe('a bulkhead', () => {
  test('of two lets two calls at a time through, by three workers, and each has its turn', async () => {
    const narrow = connector('narrow', policy(bulkhead(2), timeout('10s')))
    const it = await world([orderFlow('orders', put(narrow))], 3)
    let now = 0
    let most = 0
    it.answer = async () => {
      most = Math.max(most, ++now)
      await it.clock.sleep(100)
      now--
      return 200
    }
    await it.clock.advance(3_000)
    await it.send(...manyOrders(600))
    await it.clock.advance(30_000)
    expect(most).toBe(2)
    expect(new Set(it.calls.map(({ worker }) => worker)).size).toBe(3)
    expect(it.calls.length).toBeGreaterThan(0.8 * 20 * 30)
  })
})

describe('a breaker', () => {
  const careful = connector(
    'careful',
    policy(breaker({ failures: 5, within: '30s', halfOpenAfter: '10s', probes: 1 }), timeout('5s')),
  )
  const other = connector('other', policy(timeout('5s')))

  test('that one worker opens holds the lanes of all, costs nobody else anything, and is tried by one', async () => {
    const it = await world([orderFlow('orders', put(careful)), orderFlow('others', put(other))], 3)
    let down = true
    it.answer = ({ host }) => (host === 'careful.test' && down ? 503 : 200)
    await it.clock.advance(2_000)
    await it.send(...manyOrders(300))
    await it.clock.advance(1_000)
    const opened = it.calls.filter(({ host }) => host === 'careful.test').length
    expect(opened).toBeLessThan(200)
    expect(it.calls.filter(({ host }) => host === 'other.test')).toHaveLength(300)
    await it.clock.advance(8_000)
    expect(it.calls.filter(({ host }) => host === 'careful.test')).toHaveLength(opened)
    const gate = it.workers[1]!.engine.desk.gates().find(({ kind }) => kind === 'breaker')
    expect(gate).toMatchObject({ target: 'connector:careful', state: 'closed' })
    expect((await it.workers[2]!.engine.desk.why('c1'))[0]?.sentence).toMatch(
      /breaker of connector:careful holds it since/,
    )

    await it.clock.advance(5_000)
    const probes = it.calls.filter(({ host }) => host === 'careful.test').slice(opened)
    expect(probes).toHaveLength(1)
    down = false
    await it.clock.advance(30_000)
    expect(await it.store.status()).toMatchObject({ delivered: 600, pending: 0, dead: 0 })
  })

  test('stays open through a restart', async () => {
    const it = await world([orderFlow('orders', put(careful))], 1, 'one')
    it.answer = () => 503
    await it.send(...manyOrders(50))
    await it.clock.advance(2_000)
    const opened = it.calls.length
    const draining = it.workers[0]!.engine.drain(1)
    await it.clock.advance(10)
    await draining
    await it.start('again')
    await it.clock.advance(8_000)
    expect(it.calls).toHaveLength(opened)
    await it.clock.advance(5_000)
    expect(it.calls.length).toBe(opened + 1)
  })

  test('a prober that dies is followed by another', async () => {
    const it = await world([orderFlow('orders', put(careful))], 3)
    it.answer = () => 503
    await it.clock.advance(2_000)
    await it.send(...manyOrders(50))
    await it.clock.advance(2_000)
    it.answer = () => new Promise(() => {})
    const opened = it.calls.length
    await it.clock.advance(11_000)
    const [probe] = it.calls.slice(opened)
    it.workers.find(({ engine }) => engine.desk !== undefined && probe?.worker)?.freeze()
    it.answer = () => 200
    await it.clock.advance(60_000)
    expect((await it.store.status()).delivered).toBeGreaterThanOrEqual(49)
  })
})

describe('what a provider asks for', () => {
  const plain = connector('plain', policy(timeout('5s')))

  test('holds for all workers, and then its calls begin one by one', async () => {
    const it = await world([orderFlow('orders', put(plain))], 3)
    await it.clock.advance(1_000)
    it.answer = () => LATER
    await it.send(...manyOrders(200))
    await it.clock.advance(1_000)
    const refused = it.calls.length
    it.answer = async () => {
      await it.clock.sleep(50)
      return 200
    }
    await it.clock.advance(18_000)
    expect(it.calls).toHaveLength(refused)
    await it.clock.advance(10_000)
    const after = it.calls.slice(refused)
    const first = after[0]!.atMs
    expect(after.filter(({ atMs }) => atMs < first + 50).length).toBeLessThanOrEqual(3)
    expect(await it.store.status()).toMatchObject({ delivered: 200, dead: 0 })
  })

  test('once by chance slows it down, and stops nobody', async () => {
    const it = await world([orderFlow('orders', put(plain))], 1)
    await it.clock.advance(1_000)
    let calls = 0
    it.answer = async () => {
      await it.clock.sleep(20)
      return calls++ % 10 === 0 ? LATER : 200
    }
    await it.send(...manyOrders(200))
    await it.clock.advance(5_000)
    const { delivered } = await it.store.status()
    expect(delivered).toBeGreaterThan(150)
  })

  test('a quota that is used up is waited for', async () => {
    const it = await world([orderFlow('orders', put(plain))], 2)
    await it.clock.advance(1_000)
    it.answer = () => ({
      status: 200,
      headers: { 'ratelimit-limit': '100', 'ratelimit-remaining': '0', 'ratelimit-reset': '30' },
      body: new Uint8Array(),
    })
    await it.send(...manyOrders(1))
    await it.clock.advance(1_000)
    await it.send(...manyOrders(20, 1))
    await it.clock.advance(20_000)
    expect(it.calls).toHaveLength(1)
  })
})

describe('an operator', () => {
  const plain = connector('plain', policy(timeout('5s')))

  test('limits the rate of a connector for all workers, within a second', async () => {
    const it = await world([orderFlow('orders', put(plain))], 3)
    await it.clock.advance(1_000)
    await it.workers[0]!.engine.desk.limit('connector:plain', { perSecond: 10 }, { why: 'asked to' })
    await it.clock.advance(1_000)
    await it.send(...manyOrders(100))
    await it.clock.advance(6_000)
    expect(densest(it.calls, 1_000)).toBeLessThanOrEqual(12)
    await it.workers[1]!.engine.desk.resume('connector:plain', 'over')
    await it.clock.advance(4_000)
    expect(await it.store.status()).toMatchObject({ delivered: 100 })
    expect((await it.workers[2]!.engine.desk.audit()).map(({ verb }) => verb)).toEqual(['resume', 'limit'])
  })

  test('a limit that has ended leaves what was declared as it was', async () => {
    const limited = connector('limited', policy(rateLimit({ limit: 50, per: '1s' }), timeout('10s')))
    const it = await world([orderFlow('orders', put(limited))], 3)
    await it.clock.advance(1_000)
    const { desk } = it.workers[0]!.engine
    await desk.limit('connector:limited', { perSecond: 1 }, { why: 'asked to' })
    await it.send(...manyOrders(1_500))
    await it.clock.advance(10_000)
    expect(it.calls.length).toBeLessThan(15)
    expect((await it.workers[1]!.engine.desk.why('c900'))[0]?.sentence).toMatch(/connector:limited at 1\/s holds it/)
    await desk.resume('connector:limited', 'over')
    await it.clock.advance(3_000)
    const from = it.clock.mono()
    await it.clock.advance(10_000)
    const calls = it.calls.filter(({ atMs }) => atMs >= from)
    expect(calls.length).toBeGreaterThan(0.95 * 500)
    expect(
      Math.min(...it.workers.map((_, i) => calls.filter(({ worker }) => worker === `worker ${i}`).length)),
    ).toBeGreaterThan(100)
    expect(desk.gates().map(({ target }) => target)).not.toContain('connector:limited at 1/s')
  })

  test('pauses a key, and nobody else waits', async () => {
    const it = await world([orderFlow('orders', put(plain))], 2)
    await it.workers[0]!.engine.desk.pause('key:c3', { why: 'their lawyer' })
    await it.clock.advance(1_000)
    await it.send(...manyOrders(10))
    await it.clock.advance(3_000)
    expect(await it.store.status()).toMatchObject({ delivered: 9, pending: 1 })
    expect((await it.workers[1]!.engine.desk.why('c3'))[0]?.sentence).toMatch(
      /^key:c3 is paused since .*: their lawyer/,
    )
    await it.workers[1]!.engine.desk.resume('key:c3', 'settled')
    await it.clock.advance(3_000)
    expect(await it.store.status()).toMatchObject({ delivered: 10 })
  })

  test('drains: what is at work ends, nothing else begins, and how much is left is told for all workers', async () => {
    const it = await world([orderFlow('orders', put(plain))], 2)
    let end = (): void => {}
    it.answer = () =>
      new Promise((resolve) => {
        const before = end
        end = () => {
          before()
          resolve(200)
        }
      })
    await it.send(...manyOrders(6))
    await it.clock.advance(500)
    await it.workers[0]!.engine.desk.drain('connector:plain', { why: 'maintenance' })
    await it.send(...manyOrders(4, 6))
    await it.clock.advance(1_500)
    expect(it.workers[0]!.engine.desk.controls()).toMatchObject([{ kind: 'drain', left: 6 }])
    end()
    await it.clock.advance(1_500)
    expect(it.workers[1]!.engine.desk.controls()).toMatchObject([{ kind: 'drain', left: 0 }])
    expect(await it.store.status()).toMatchObject({ delivered: 6, pending: 4 })
  })

  test('a mistaken target is refused with what there is', async () => {
    const it = await world([orderFlow('orders', put(plain))], 1)
    const { desk } = it.workers[0]!.engine
    await expect(desk.pause('connector:plan', { why: 'x' })).rejects.toThrow('there are connector:plain')
    await expect(desk.pause('plain', { why: 'x' })).rejects.toThrow('use flow:NAME')
    expect(() => desk.limit('tenant:acme', { perSecond: 1 }, { why: 'x' })).toThrow('a tenant can be paused')
    await expect(desk.probe('connector:plan', 'x')).rejects.toThrow('there are connector:plain')
  })
})
