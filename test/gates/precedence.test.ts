import { describe, expect, test } from 'vitest'
import { policy, rateLimit, timeout } from '../../src/index.ts'
import { type Call, connector, manyOrders, orderFlow, put, world } from './world.ts'

const short = connector('short', policy(rateLimit({ limit: 90, per: '1s' }), timeout('10s')))
const wide = connector('wide', policy(timeout('10s')))

/** Each order is called for by both flows: the second call for an id is that of the flow which is behind. */
function split(calls: readonly Call[]): readonly [urgent: number, bulk: number] {
  const ids = new Set(calls.map(({ id }) => id))
  return [ids.size, calls.length - ids.size]
}

const two = (call: ReturnType<typeof put>) => [
  orderFlow('now', call, { priority: 'critical' } as never),
  orderFlow('later', call, { priority: 'bulk' } as never),
]

describe('flows of several classes on one connector', () => {
  test('where its gates are short, the more urgent has eight calls to one, and all is used', async () => {
    const it = await world(two(put(short)), 1)
    await it.clock.advance(1_000)
    await it.send(...manyOrders(900))
    await it.clock.advance(5_000)
    const [first, second] = split(it.calls)
    expect(it.calls.length).toBeGreaterThan(0.95 * 90 * 4.9)
    expect(second / first).toBeGreaterThan(1 / 12)
    expect(second / first).toBeLessThan(1 / 6)
    await it.clock.advance(20_000)
    expect(await it.store.status()).toMatchObject({ delivered: 1_800 })
  })

  test('where nothing is short, none waits for another', async () => {
    const it = await world(two(put(wide)), 1)
    it.answer = async () => {
      await it.clock.sleep(100)
      return 200
    }
    await it.clock.advance(1_000)
    await it.send(...manyOrders(640))
    await it.clock.advance(1_100)
    // Ten rounds of 64 each.
    expect(await it.store.status()).toMatchObject({ delivered: 1_280 })
  })
})
