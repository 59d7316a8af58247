import { expect, test } from 'vitest'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { type BatchSpec, flow } from '../../src/declare/flow/flow.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { endpoint, source } from '../../src/declare/source/source.ts'
import { type Target, target } from '../../src/declare/target/target.ts'
import { batchLimit, slots } from '../../src/engine/batch/slots.ts'

const from = source({ endpoint: endpoint({ name: 'shop', scheme: 'github', read: () => [] }), type: 'order' })
const { deals } = hubspot({ token: secret('TOKEN') })
const upserted = target('deal', { call: deals.upsert, with: () => ({ by: 'payment_id', id: '1' }) })
const created = target('deal', { call: deals.create, with: () => ({ name: 'Payment' }) })
const to = (target: Target<unknown>, batch?: BatchSpec, concurrency = 64) =>
  flow('orders', { from, concurrency, to: target, ...(batch !== undefined && { batch }) })

test.each([
  ['no batch', to(upserted), undefined, 64],
  ['an operation without one', to(created, {}), undefined, 64],
  ['what the operation takes', to(upserted, {}), 100, 400],
  ['fewer', to(upserted, { count: 10 }), 10, 64],
  ['no more than it takes', to(upserted, { count: 500 }), 100, 400],
  ['more at work', to(upserted, {}, 1_000), 100, 1_000],
])('%s', (_, flow, limit, atWork) => {
  expect([batchLimit(flow), slots(flow)]).toEqual([limit, atWork])
})
