import { test } from 'vitest'
import { netsuite } from '../../src/adapter/connector/netsuite/index.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { netsuite as netsuiteModel } from '../../src/sandbox/netsuite/netsuite.ts'
import {
  type Call,
  type ConnectorSubject,
  connectorSuite,
  example,
  modelProvider,
} from '../../src/testing/connector-suite/index.ts'

const { connector, customers, salesOrders, invoices, jobs } = netsuite({
  account: '1234567',
  token: secret('TOKEN'),
})

const customer = (n: number) => ({ externalId: `cus_${n}`, companyName: `Customer ${n}` })
const order = (n: number) => ({
  externalId: `so_${n}`,
  entity: { externalId: 'cus_1' },
  item: { items: [{ item: { externalId: 'tieline' }, quantity: n, rate: 2.5 }] },
})

async function ordersMade(call: Call) {
  await call(customers.create, customer(1))
  const [one, two] = [await call(salesOrders.create, order(1)), await call(salesOrders.create, order(2))]
  return [one, two] as const
}

async function jobsMade(call: Call) {
  const [one, two] = [await call(customers.submit, customer(1)), await call(customers.submit, customer(2))]
  return [one, two] as const
}

const SELF = 'https://demo123.suitetalk.api.netsuite.com/services/rest'
const located = {
  status: 204,
  headers: { location: `${SELF}/record/v1/customer/647` },
  body: '',
  gives: { id: '647' },
}

/** Transforms, jobs and transactions; the other operations are in test/law/connectors.test.ts. */
const netsuiteSubject: ConnectorSubject = {
  connector,
  operations: [
    example(invoices.upsert, {
      input: order(1),
      other: order(2),
      given: async (call) => {
        await call(customers.create, customer(1))
        return [order(1), order(2)]
      },
    }),
    example(salesOrders.transform, {
      input: { id: '3', to: 'invoice' },
      other: { id: '4', to: 'invoice' },
      given: async (call) => {
        const [one, two] = await ordersMade(call)
        return [
          { ...one, to: 'invoice' },
          { ...two, to: 'invoice' },
        ]
      },
      answers: [located],
    }),
    example(jobs.status, {
      input: { job: '1' },
      other: { job: '2' },
      given: jobsMade,
      answers: [{ body: { completed: false, id: '1', progress: 'pending' } }],
    }),
    example(jobs.tasks, {
      input: { job: '1' },
      other: { job: '2' },
      given: jobsMade,
      answers: [
        { body: { items: [{ links: [{ rel: 'self', href: `${SELF}/async/v1/job/1/task/1` }] }] }, gives: ['1'] },
      ],
    }),
    example(jobs.outcome, {
      input: { job: '1', task: '1' },
      other: { job: '2', task: '1' },
      given: async (call) => {
        const [one, two] = await jobsMade(call)
        return [
          { ...one, task: '1' },
          { ...two, task: '1' },
        ]
      },
      answers: [located],
    }),
  ],
  provider: () => modelProvider(netsuiteModel(), (ledger) => ledger.effects),
}

for (const law of connectorSuite(netsuiteSubject))
  test(law.name, (context) => (law.skip === undefined ? law.run() : context.skip(law.skip)))
