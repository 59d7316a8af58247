import { describe, expect, it } from 'vitest'
import type { Contract } from '../../src/declare/contract/contract.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { breaker } from '../../src/declare/policy/breaker.ts'
import { policy, timeout } from '../../src/declare/policy/policy.ts'
import { rateLimit } from '../../src/declare/policy/rate-limit.ts'
import { saga } from '../../src/declare/saga/saga.ts'
import { target } from '../../src/declare/target/target.ts'
import { call, type Order, orders, world } from '../engine/world.ts'

const order = (n: number): Order => ({ id: `o${n}`, customer: `c${n}`, amount: n })
const opening = policy(breaker({ failures: 1, halfOpenAfter: '10s', probes: 1 }), timeout('5s'))

describe('a closed gate', () => {
  it('makes messages wait, and counts no attempt', async () => {
    const deals = flow('gated-deals', {
      from: orders,
      key: (one) => one.customer,
      retry: { attempts: 2, base: '20s', max: '20s' },
      to: target('gated-deal', { call: call<Order>('deals'), with: (one: Order) => one, policy: opening }),
    })
    const it = await world([deals])
    it.answer = () => (it.clock.mono() < 5_000 ? 500 : 200)
    await it.send(order(1))
    await it.clock.advance(100)
    await it.send(order(2), order(3), order(4))
    await it.clock.advance(5_000)
    expect(it.seen).toHaveLength(1)
    await it.clock.advance(120_000)
    expect(await it.engine.desk.status()).toMatchObject({ delivered: 4, dead: 0 })
    expect(it.seen.filter(({ body }) => body.id !== 'o1').map(({ attempt }) => attempt)).toEqual(['1', '1', '1'])
  })

  it('undoes no saga, not even at the last attempt', async () => {
    const deal = call<Order>('deal')
    const invoice = call<Order>('invoice')
    const undo = call<Order>('undo-deal')
    const record = saga('gated-record', { input: { name: 'order' } as unknown as Contract<Order> })
      .step('deal', { do: ({ input, ...more }) => deal(input, more), undo: ({ input, ...more }) => undo(input, more) })
      .step('invoice', {
        do: ({ input, ...more }) => invoice(input, more),
        irreversible: 'the tax office keeps it',
        policy: policy(rateLimit({ limit: 1, per: '1m' }), timeout('5s')),
      })
    const recording = flow('gated-recording', {
      from: orders,
      key: (one) => one.customer,
      to: record,
      retry: { attempts: 1 },
    })
    const it = await world([recording])
    await it.send(order(1), order(2))
    await it.clock.advance(30_000)
    expect(it.seen.map(({ path }) => path).sort()).toEqual(['/deal', '/deal', '/invoice'])
    await it.clock.advance(120_000)
    expect(it.seen.map(({ path }) => path).sort()).toEqual(['/deal', '/deal', '/invoice', '/invoice'])
    expect(await it.engine.desk.status()).toMatchObject({ delivered: 2, dead: 0 })
  })
})
