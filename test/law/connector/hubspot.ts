import { hubspot } from '../../../src/adapter/connector/hubspot/index.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import { crm } from '../../../src/sandbox/crm/crm.ts'
import { type Call, type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'

const { connector, contacts, deals, associations } = hubspot({ token: secret('TOKEN') })

const record = (n: number) => ({
  by: 'payment_id',
  id: `pi_${n}`,
  name: `Payment ${n}`,
  amount: '12.50',
  stage: 'closedwon',
})

async function made(call: Call) {
  const id = async (n: number) => (await call(deals.upsert, record(n))).id
  return [await id(1), await id(2)] as const
}

async function joined(call: Call) {
  const [one, two] = await made(call)
  const { id } = await call(contacts.upsert, { by: 'email', id: 'ada@example.com' })
  const to = { type: 'contacts', id }
  return [
    { from: { type: 'deals', id: one }, to },
    { from: { type: 'deals', id: two }, to },
  ] as const
}

const BATCH_IS_A_READ = 'https://developers.hubspot.com/docs/api-reference/crm-deals-v3/batch/read-deals'
const SEARCH_IS_A_READ = 'https://developers.hubspot.com/docs/api-reference/search/guide'

export const hubspotSubject: ConnectorSubject = {
  connector,
  secrets: { TOKEN: ['pat-na1-made-up-for-the-laws-1'] },
  operations: [
    example(deals.upsert, {
      input: { ...record(1), properties: { payment_id: 'pi_1', closedate: null } },
      other: record(2),
      bad: { ...record(3), properties: { 'No Such': 'x' } },
      answers: [
        {
          body: { status: 'COMPLETE', results: [{ id: '9', properties: {}, new: true }] },
          gives: { id: '9', created: true },
        },
      ],
    }),
    example(deals.batchUpsert, { input: [record(1), record(2)], other: [record(3)] }),
    example(deals.create, { input: { name: 'Payment', amount: '12.50' }, other: { name: 'Another' } }),
    example(deals.update, {
      input: { id: '7', stage: 'refunded' },
      other: { id: 'pi_1', by: 'payment_id', stage: 'lost' },
      given: async (call) => {
        const [one, two] = await made(call)
        return [
          { id: one, stage: 'refunded' },
          { id: two, stage: 'refunded' },
        ]
      },
    }),
    example(deals.get, {
      input: { id: 'pi_1', by: 'payment_id', properties: ['dealname', 'amount'] },
      other: { id: '7' },
      given: async (call) => {
        const [one, two] = await made(call)
        return [{ id: one, properties: ['dealname'] }, { id: two }]
      },
    }),
    example(deals.find, {
      input: { by: 'payment_id', id: 'pi_1', properties: ['dealname'] },
      other: { by: 'payment_id', id: 'pi_2' },
      reads: BATCH_IS_A_READ,
    }),
    example(deals.search, {
      input: {
        filters: [
          { property: 'dealstage', operator: 'IN', values: ['closedwon'] },
          { property: 'amount', operator: 'GT', value: '1' },
        ],
        sort: { property: 'payment_id', direction: 'ASCENDING' },
        properties: ['dealname'],
        limit: 2,
      },
      other: { query: 'Ada' },
      reads: SEARCH_IS_A_READ,
      pages: {
        given: async (call) => {
          for (const n of [1, 2, 3, 4, 5]) await call(deals.upsert, record(n))
          return { sort: { property: 'payment_id', direction: 'ASCENDING' as const }, limit: 2 }
        },
        next: ({ after }, input) => (after === undefined ? undefined : { ...input, after }),
        items: ({ records }) => records.map(({ id }) => id),
        count: 5,
      },
    }),
    example(associations.put, {
      input: { from: { type: 'deals', id: '1' }, to: { type: 'contacts', id: '2' } },
      other: { from: { type: 'deals', id: '3' }, to: { type: 'contacts', id: '2' } },
      given: joined,
    }),
  ],
  provider: () => modelProvider(crm(), ({ effects }) => effects),
}
