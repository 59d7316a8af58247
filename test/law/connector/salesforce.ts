import { salesforce, soql } from '../../../src/adapter/connector/salesforce/index.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import { salesforce as organization } from '../../../src/sandbox/salesforce/salesforce.ts'
import { type Call, type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'

const { connector, accounts, query } = salesforce({
  instanceUrl: 'https://example.my.salesforce.com',
  token: secret('TOKEN'),
})

const account = (n: number) => ({ by: 'Number__c', id: `A ${n}`, fields: { Name: `Account ${n}` } })

async function made(call: Call) {
  const id = async (n: number) => (await call(accounts.create, { Name: `Account ${n}`, Number__c: `A ${n}` })).id
  return [await id(1), await id(2)] as const
}

export const salesforceSubject: ConnectorSubject = {
  connector,
  operations: [
    example(accounts.upsert, {
      input: { ...account(1), fields: { Name: 'Ada & Co', Phone: null, Seats__c: 7, Plan__r: { Code__c: 'pro' } } },
      other: account(2),
      given: async () => [account(1), account(2)],
      bad: { by: 'Number__c', id: 'bare', fields: {} },
      answers: [
        { status: 201, body: { id: '001D000000IqhSLIAZ', success: true, errors: [], created: true } },
        { status: 204, body: '', gives: { created: false } },
      ],
    }),
    example(accounts.create, {
      input: { Name: 'Ada', BillingCity: 'Bern' },
      other: { Name: 'Bob' },
      answers: [
        {
          status: 201,
          body: { id: '001D000000IqhSLIAZ', success: true, errors: [] },
          gives: { id: '001D000000IqhSLIAZ' },
        },
      ],
    }),
    example(accounts.update, {
      input: { id: '001D000000IqhSLIAZ', fields: { Phone: '1', Website: null } },
      other: { id: '001D000000IqhSMIAZ', fields: { Phone: '2' } },
      given: async (call) => {
        const [one, two] = await made(call)
        return [
          { id: one, fields: { Phone: '1' } },
          { id: two, fields: { Phone: '2' } },
        ]
      },
    }),
    example(accounts.delete, {
      input: { id: '001D000000IqhSLIAZ' },
      other: { id: '001D000000IqhSMIAZ' },
      given: async (call) => {
        const [one, two] = await made(call)
        return [{ id: one }, { id: two }]
      },
    }),
    example(accounts.get, {
      input: { id: '001D000000IqhSLIAZ', fields: ['Name', 'Phone'] },
      other: { by: 'Number__c', id: 'A 1' },
      given: async (call) => {
        const [one] = await made(call)
        return [
          { id: one, fields: ['Name'] },
          { by: 'Number__c', id: 'A 2' },
        ]
      },
    }),
    example(query, {
      input: { soql: soql`SELECT Id FROM Account WHERE Name = ${'Ada & Co'}`, batchSize: 200 },
      other: { next: '/services/data/v67.0/query/01gD0000002HU6KIAW-2000' },
      given: async (call) => {
        await made(call)
        return [{ soql: soql`SELECT Id FROM Account ORDER BY Name` }, { soql: soql`SELECT Id FROM Lead` }]
      },
      pages: {
        given: async (call) => {
          for (const n of [1, 2, 3, 4, 5]) await call(accounts.upsert, account(n))
          return { soql: soql`SELECT Id FROM Account ORDER BY Name` }
        },
        next: ({ next }) => (next === undefined ? undefined : { next }),
        items: ({ records }) => records.map(({ Id }) => Id),
        count: 5,
      },
    }),
  ],
  provider: () => modelProvider(organization({ pageSize: 2 }), ({ effects }) => effects),
}
