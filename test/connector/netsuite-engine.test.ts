import { expect, test } from 'vitest'
import { z } from 'zod'
import { netsuite } from '../../src/adapter/connector/netsuite/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { type App, cloudEvents, contract, decimal, flow, saga, secret, target, tieline } from '../../src/index.ts'
import { netsuite as netsuiteModel } from '../../src/sandbox/index.ts'
import { serveProvider } from '../../src/sandbox/server/serve-provider.ts'

const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({ id: z.string(), customer: z.string(), minor: z.int(), currency: z.string() }),
  key: (payment) => payment.customer,
})

/** The saga of the documents: a customer, then an invoice that is taken back when what follows stops for good. */
function declare(url: string): App {
  const erp = netsuite({ account: '1234567', token: secret('ERP'), baseUrl: url, allow: ['127.0.0.1'] })
  const record = saga('record-payment', { input: Payment })
    .step('customer', {
      calls: [erp.customers.upsert],
      do: ({ input, ...call }) =>
        erp.customers.upsert({ externalId: input.customer, companyName: input.customer }, call),
      irreversible: 'a customer stays',
    })
    .step('invoice', {
      calls: [...erp.invoices.create.calls, ...erp.invoices.void.calls],
      do: ({ input, ...call }) =>
        erp.invoices.create(
          {
            externalId: input.id,
            customer: { externalId: input.customer },
            total: decimal(input.minor, input.currency),
            currency: input.currency,
            memo: 'a payment',
          },
          call,
        ),
      undo: ({ invoice, ...call }) => erp.invoices.void({ id: invoice.id }, call),
    })
    .step('refused', {
      calls: [erp.customers.get],
      when: ({ input }) => input.minor > 1_000,
      do: ({ invoice, ...call }) => erp.customers.get({ id: `no-customer-${invoice.number}` }, call),
      irreversible: 'it reads',
    })
  const events = cloudEvents()
  return tieline({
    flows: [
      flow('payments', {
        from: events.on('payment.received', Payment),
        to: record,
        retry: { attempts: 20, base: '5ms', max: '20ms' },
      }),
    ],
    store: memory(),
    gateway: { port: 0 },
    secrets: { read: () => ['made-up'] },
  })
}

test('through the engine, with lost answers: one invoice for each payment, taken back once where the saga stops', async () => {
  const model = netsuiteModel()
  await using server = await serveProvider(model)
  await using app = declare(server.url)
  const { url } = await app.start()
  for (const method of ['PUT', 'POST', 'GET']) server.faults.add({ kind: 'cut-after-effect', next: 2, method })
  for (const [id, minor] of [
    ['pi_1', 1_000],
    ['pi_2', 2_000],
  ] as const) {
    const event = { specversion: '1.0', id, source: '/test', type: 'payment.received' }
    const answer = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({
        ...event,
        data: { id, customer: id === 'pi_1' ? 'cus_1' : 'cus_2', minor, currency: 'EUR' },
      }),
    })
    expect(answer.status).toBe(202)
  }
  const status = async (): Promise<object> => (await fetch(`${url}/admin/v1/status`)).json() as Promise<object>
  await expect.poll(status, { timeout: 5_000 }).toMatchObject({ pending: 0, delivered: 1, dead: 1 })
  const made = model.ledger().effects.filter(({ kind }) => kind === 'created')
  expect(made.map(({ type, externalId }) => `${type} ${externalId}`).toSorted()).toEqual([
    expect.stringMatching(/^creditMemo void-\d+$/),
    'customer cus_1',
    'customer cus_2',
    'invoice pi_1',
    'invoice pi_2',
  ])
  const memo = made.find(({ type }) => type === 'creditMemo')
  expect(memo?.fields).toMatchObject({
    total: 20,
    createdFrom: { id: made.find(({ externalId }) => externalId === 'pi_2')?.id },
  })
})

test('through the engine, with lost answers: a repeat that NetSuite refuses is done, and not a dead letter', async () => {
  const model = netsuiteModel()
  await using server = await serveProvider(model)
  const erp = netsuite({ account: '1234567', token: secret('ERP'), baseUrl: server.url, allow: ['127.0.0.1'] })
  const Company = contract('company', { version: 1, schema: z.strictObject({ id: z.string() }), key: ({ id }) => id })
  const events = cloudEvents()
  const retry = { attempts: 5, base: '5ms', max: '20ms' } as const
  await using app = tieline({
    flows: [
      flow('new', {
        from: events.on('company.new', Company),
        to: target('submit', {
          input: Company,
          call: erp.customers.submit,
          with: ({ id }) => ({ externalId: id, companyName: id }),
        }),
        retry,
      }),
      flow('gone', {
        from: events.on('company.gone', Company),
        to: target('delete', { input: Company, call: erp.customers.delete, with: ({ id }) => ({ externalId: id }) }),
        retry,
      }),
    ],
    store: memory(),
    gateway: { port: 0 },
    secrets: { read: () => ['made-up'] },
  })
  const { url } = await app.start()
  const status = async (): Promise<object> => (await fetch(`${url}/admin/v1/status`)).json() as Promise<object>
  for (const [delivered, type, method] of [
    [1, 'company.new', 'POST'],
    [2, 'company.gone', 'DELETE'],
  ] as const) {
    server.faults.add({ kind: 'cut-after-effect', next: 1, method })
    const event = { specversion: '1.0', id: type, source: '/test', type, data: { id: 'acme' } }
    const headers = { 'content-type': 'application/cloudevents+json' }
    expect((await fetch(`${url}/events`, { method: 'POST', headers, body: JSON.stringify(event) })).status).toBe(202)
    await expect.poll(status, { timeout: 5_000, interval: 20 }).toMatchObject({ pending: 0, delivered, dead: 0 })
  }
  expect(server.requests()).toBe(4)
  expect(model.ledger().effects.map(({ kind }) => kind)).toEqual(['created', 'deleted'])
})
