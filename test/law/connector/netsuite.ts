import { netsuite, suiteql } from '../../../src/adapter/connector/netsuite/index.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import { netsuite as account } from '../../../src/sandbox/netsuite/netsuite.ts'
import { type Call, type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'

const { connector, customers, salesOrders, query } = netsuite({ account: '1234567', token: secret('TOKEN') })

const customer = (n: number) => ({ externalId: `cus_${n}`, companyName: `Company ${n}` })

async function made(call: Call) {
  const id = async (n: number) => (await call(customers.create, customer(n))).id
  return [await id(1), await id(2)] as const
}

const ITEMS = { items: [{ item: { externalId: 'tieline' }, quantity: 2, rate: 2.5 }] }

const provider = () => modelProvider(account(), ({ effects }) => effects)

export const netsuiteSubject: ConnectorSubject = {
  connector,
  provider,
  operations: [
    example(customers.upsert, {
      input: { ...customer(1), isPerson: false, email: 'ada@example.com', subsidiary: { id: '1' } },
      other: customer(2),
      given: async () => [customer(1), customer(2)],
    }),
    example(salesOrders.upsert, {
      input: { externalId: 'so_1', entity: { externalId: 'cus_1' }, item: ITEMS, memo: 'm' },
      other: { externalId: 'so_2', entity: { externalId: 'cus_1' }, item: ITEMS },
      given: async (call) => {
        await made(call)
        const order = (externalId: string) => ({ externalId, entity: { externalId: 'cus_1' }, item: ITEMS })
        return [order('so_1'), order('so_2')]
      },
    }),
    example(customers.create, { input: { companyName: 'Ada & Co' }, other: { companyName: 'Bob' } }),
    example(customers.update, {
      input: { id: '647', fields: { email: 'ada@example.com', phone: '1' } },
      other: { externalId: 'cus_2', fields: { phone: '2' } },
      given: async (call) => {
        const [one] = await made(call)
        return [
          { id: one, fields: { phone: '1' } },
          { externalId: 'cus_2', fields: { phone: '2' } },
        ]
      },
    }),
    example(customers.get, {
      input: { id: '647', fields: ['id', 'companyName'], expand: true },
      other: { externalId: 'cus_1' },
      given: async (call) => {
        const [one] = await made(call)
        return [{ id: one }, { externalId: 'cus_2' }]
      },
    }),
    example(customers.find, {
      input: { externalId: 'cus_1' },
      other: { externalId: 'cus_2' },
      given: async (call) => {
        await made(call)
        return [{ externalId: 'cus_1' }, { externalId: 'cus_2' }]
      },
    }),
    example(query, {
      input: {
        sql: suiteql`SELECT id FROM customer WHERE companyname = ${'Ada & Co'} ORDER BY id`,
        limit: 2,
        offset: 2,
      },
      other: { sql: suiteql`SELECT id FROM customer` },
      reads: 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html',
      pages: {
        given: async (call) => {
          for (const n of [1, 2, 3, 4, 5]) await call(customers.upsert, customer(n))
          return { sql: suiteql`SELECT id FROM customer ORDER BY id`, limit: 2 }
        },
        next: ({ next }, input) => (next === undefined ? undefined : { ...input, offset: next }),
        items: ({ rows }) => rows,
        count: 5,
      },
    }),
  ],
}

/** Operations whose repeat NetSuite answers with an error that says that the effect is there. */
export const netsuiteRefusing: ConnectorSubject = {
  connector,
  provider,
  operations: [
    example(customers.delete, {
      input: { id: '647' },
      other: { externalId: 'cus_2' },
      given: async (call) => {
        const [one] = await made(call)
        return [{ id: one }, { externalId: 'cus_2' }]
      },
    }),
    example(customers.submit, { input: { companyName: 'Ada & Co' }, other: { companyName: 'Bob' } }),
  ],
}
