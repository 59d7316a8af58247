import { expect, test } from 'vitest'
import { policy, rateLimit, timeout } from '../../src/index.ts'
import { connector, densest, manyOrders, orderFlow, put, world } from '../gates/world.ts'

test('workers that stand still for a moment do not make at once the calls that fell due meanwhile', async () => {
  const limited = connector('limited', policy(rateLimit({ limit: 50, per: '1s' }), timeout('10s')))
  const it = await world([orderFlow('orders', put(limited))], 3)
  await it.clock.advance(3_000)
  await it.send(...manyOrders(1_000))
  await it.clock.advance(3_000)
  for (const ms of [40, 80, 110, 150, 250, 700]) {
    for (const worker of it.workers) worker.freeze()
    await it.clock.advance(ms)
    for (const worker of it.workers) worker.thaw()
    await it.clock.advance(1_500)
  }
  expect(densest(it.calls, 1_000)).toBeLessThanOrEqual(52)
  expect(it.calls.length).toBeGreaterThan(0.9 * 50 * (3 + 6 * 1.5))
})
