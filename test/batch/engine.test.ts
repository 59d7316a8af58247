import { expect, test } from 'vitest'
import { type BatchSpec, type Flow, flow } from '../../src/declare/flow/flow.ts'
import { operation } from '../../src/declare/target/operation.ts'
import { target } from '../../src/declare/target/target.ts'
import { call, type Order, orders, type Seen, world } from '../engine/world.ts'

const { connector } = call<Order>('rows').spec
const upsert = operation<Order, string>({
  connector,
  name: 'rows.upsert',
  idempotency: { by: 'state', why: 'an upsert' },
  request: () => ({ method: 'POST', path: '/row' }),
  response: () => 'alone',
  batch: {
    max: 100,
    key: ({ id }) => id,
    request: (items) => {
      const id = items.map(({ input }) => input.id).join(' ')
      const keys = items.map(({ idempotencyKey }) => idempotencyKey).join(' ')
      return {
        method: 'POST',
        path: '/rows',
        body: JSON.stringify({ id, customer: keys }),
      }
    },
    response: (_, items) => items.map(() => ({ as: 'done', value: 'done' })),
  },
})
const rows = (batch: BatchSpec): Flow =>
  flow('rows', {
    from: orders,
    key: (one) => one.customer,
    to: target('row', { call: upsert, with: (one: Order) => one }),
    batch,
  })
const of = (count: number): readonly Order[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `o${i}`,
    customer: `c${i}`,
    amount: i,
  }))
const idsOf = ({ body }: Seen): readonly string[] => body.id.split(' ')

test('250 messages go in three requests', async () => {
  const it = await world([rows({})])
  await it.send(...of(250))
  await it.clock.advance(100)
  expect(it.seen.map((one) => idsOf(one).length)).toEqual([100, 100, 50])
  expect(await it.engine.desk.status()).toMatchObject({
    delivered: 250,
    pending: 0,
  })
})

test('one that is refused among them is one dead letter', async () => {
  const it = await world([rows({})])
  it.answer = (seen) => (idsOf(seen).includes('o77') ? 400 : 200)
  await it.send(...of(250))
  await it.clock.advance(1_000)
  expect(await it.engine.desk.status()).toMatchObject({
    delivered: 249,
    dead: 1,
  })
})

test('in other company the next time, each with its own key', async () => {
  const it = await world([rows({ count: 10 })])
  it.answer = (seen) => (seen.atMs < 10_000 ? 503 : 200)
  await it.send(...of(25))
  await it.clock.advance(60_000)
  expect(await it.engine.desk.status()).toMatchObject({
    delivered: 25,
    dead: 0,
  })
  const keys = new Map<string, Set<string>>()
  for (const one of it.seen) {
    const sent = one.body.customer.split(' ')
    idsOf(one).forEach((id, i) => {
      keys.set(id, (keys.get(id) ?? new Set()).add(sent[i] ?? ''))
    })
  }
  expect([...keys.values()].map(({ size }) => size)).toEqual(Array(25).fill(1))
})

test('order within a key holds: its messages never share a request', async () => {
  const it = await world([rows({})])
  await it.send(...of(5).map((one) => ({ ...one, customer: 'anna' })))
  await it.clock.advance(1_000)
  expect(it.seen.flatMap(idsOf)).toEqual(['o0', 'o1', 'o2', 'o3', 'o4'])
  expect(it.seen).toHaveLength(5)
})

test('a stop sends what gathers', async () => {
  const it = await world([rows({ within: '30s' })])
  await it.send(...of(3))
  await it.clock.advance(100)
  expect(it.seen).toEqual([])
  const over = it.engine.drain(5_000)
  await it.clock.advance(100)
  expect(it.seen.map(idsOf)).toEqual([['o0', 'o1', 'o2']])
  await it.clock.advance(10_000)
  await over
})
