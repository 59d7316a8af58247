import { expect, it } from 'vitest'
import { type Flow, flow } from '../../src/declare/flow/flow.ts'
import { endpoint, source } from '../../src/declare/source/source.ts'
import { target } from '../../src/declare/target/target.ts'
import { routing } from '../../src/engine/routing.ts'
import { createIntake } from '../../src/engine/take.ts'
import { createWarm } from '../../src/engine/warm.ts'
import type { Delivery, NewMessage, Store } from '../../src/port/store.ts'
import { call } from './world.ts'

const shop = endpoint({ name: 'shop', scheme: 'github', read: () => [] })
const orders = source<{ readonly id: string }>({ endpoint: shop, type: 'order' })
const to = target('crm', {
  call: call<{ readonly id: string }>('orders'),
  with: (order: { readonly id: string }) => order,
})

/** What the store is given for one event. */
async function deliveries(flows: readonly Flow[], attributes: Readonly<Record<string, string>> = {}) {
  const given: NewMessage[] = []
  const store = {
    accept: async (messages: readonly NewMessage[]) => {
      given.push(...messages)
      return messages.map(({ id }) => ({ id, duplicate: false }))
    },
  } as unknown as Store
  const intake = createIntake({
    routing: routing(flows),
    store,
    digest: (text) => text,
    warm: createWarm(),
    closed: () => undefined,
  })
  await intake.take(shop, [{ id: 'a', type: 'order', attributes, data: { id: 'a' } }], new Uint8Array())
  return given[0]?.deliveries.map(({ flow: _, key: __, effect: ___, ...rest }: Delivery) => rest)
}

it('a tenant is whom the flow names, else whom the message names, else nobody', async () => {
  const named = flow('named', { from: orders, to, tenant: ({ source, type, id }) => `${source}/${type}/${id}` })
  const plain = flow('plain', { from: orders, to })
  expect(await deliveries([named, plain])).toEqual([{ tenant: 'shop/order/a' }, {}])
  expect(await deliveries([named, plain], { tenant: 'acme' })).toEqual([{ tenant: 'shop/order/a' }, { tenant: 'acme' }])
})

it('a tenant is at most 128 characters, and no reason to keep a message out', async () => {
  const throwing = flow('throwing', {
    from: orders,
    to,
    tenant: () => {
      throw new Error('made up')
    },
  })
  const wrong = flow('wrong', { from: orders, to, tenant: () => 7 as unknown as string })
  const long = flow('long', { from: orders, to, tenant: () => 'x'.repeat(1_000) })
  expect(await deliveries([throwing, wrong, long], { tenant: 'acme' })).toEqual([{}, {}, { tenant: 'x'.repeat(128) }])
})

it('messages of which the newest counts wait for newer ones', async () => {
  const waiting = flow('waiting', { from: orders, to, latest: { within: '2s' } })
  const latest = flow('latest', { from: orders, to, latest: {} })
  const both = flow('both', { from: orders, to, latest: { within: '1s' }, tenant: () => 't' })
  expect(await deliveries([waiting, latest, both])).toEqual([{ delayMs: 2_000 }, {}, { delayMs: 1_000, tenant: 't' }])
})
