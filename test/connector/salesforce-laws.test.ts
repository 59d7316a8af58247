import { test } from 'vitest'
import { referenceTo, salesforce, soql, subrequest } from '../../src/adapter/connector/salesforce/index.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { salesforce as organization } from '../../src/sandbox/salesforce/salesforce.ts'
import {
  type Call,
  type ConnectorSubject,
  connectorSuite,
  example,
  modelProvider,
} from '../../src/testing/connector-suite/index.ts'

const { connector, accounts, contacts, query, composite, object } = salesforce({
  instanceUrl: 'https://example.my.salesforce.com',
  token: secret('TOKEN'),
})
const invoices = object<{ readonly Total__c?: number }>('Invoice__c')

const account = (id: string) => ({ by: 'Number__c', id, fields: { Name: `Account ${id}`, Phone: '1' } })
const ID = '001D000000IqhSLIAZ'

async function made(call: Call) {
  const ids = [await call(accounts.create, { Name: 'a' }), await call(accounts.create, { Name: 'b' })]
  return ids.map(({ id }) => id) as [string, string]
}

const signup = composite('signup', {
  uses: [accounts.upsert, contacts.upsert],
  calls: ({ id, name }: { readonly id: string; readonly name: string }) => [
    subrequest('account', accounts.upsert, { by: 'Number__c', id, fields: { Name: name } }),
    subrequest('contact', contacts.upsert, {
      by: 'Signup__c',
      id,
      fields: { LastName: name, AccountId: referenceTo('account') },
    }),
  ],
})

const subject: ConnectorSubject = {
  connector,
  operations: [
    example(accounts.upsert, {
      input: account('1'),
      other: account('2'),
      bad: { by: 'Number__c', id: '3', fields: { Name: null } },
      answers: [
        { status: 201, body: { id: ID, errors: [], success: true, created: true }, gives: { id: ID, created: true } },
        { body: { id: ID, errors: [], success: true, created: false }, gives: { id: ID, created: false } },
        { status: 204, body: '', gives: { created: false } },
      ],
    }),
    example(invoices.upsert, {
      input: { by: 'Number__c', id: 7, fields: { Total__c: 12.5 } },
      other: { by: 'Number__c', id: 8, fields: { Total__c: 1 } },
    }),
    example(accounts.create, {
      input: { Name: 'a' },
      other: { Name: 'b' },
      answers: [{ status: 201, body: { id: ID, errors: [], success: true }, gives: { id: ID } }],
    }),
    example(accounts.update, {
      input: { id: ID, fields: { Phone: '1' } },
      other: { id: ID, fields: { Phone: '2' } },
      given: async (call) => {
        const [one, two] = await made(call)
        return [
          { id: one, fields: { Phone: '1' } },
          { id: two, fields: { Phone: '2' } },
        ]
      },
      answers: [{ status: 204, body: '', gives: { status: 204 } }],
    }),
    example(accounts.delete, {
      input: { id: ID },
      other: { id: '001D000000IqhSMIAZ' },
      given: async (call) => {
        const [one, two] = await made(call)
        return [{ id: one }, { id: two }]
      },
      answers: [{ body: [{ id: ID, success: true, errors: [] }], gives: { deleted: true } }],
    }),
    example(accounts.get, {
      input: { id: ID, fields: ['Name'] },
      other: { by: 'Number__c', id: '1' },
      given: async (call) => {
        const [one] = await made(call)
        await call(accounts.upsert, account('1'))
        return [
          { id: one, fields: ['Name'] },
          { by: 'Number__c', id: '1' },
        ]
      },
      answers: [{ body: { attributes: { type: 'Account', url: '/x' }, Name: 'a', Id: ID } }],
    }),
    example(query, {
      input: { soql: soql`SELECT Id FROM Account ORDER BY Name`, batchSize: 200 },
      other: { next: '/services/data/v67.0/query/01gD0000002HU6KIAW-2000' },
      given: async (call) => {
        for (const name of ['a', 'b', 'c']) await call(accounts.create, { Name: name })
        const first = { soql: soql`SELECT Id FROM Account` }
        return [first, { next: (await call(query, first)).next ?? '' }]
      },
      answers: [
        { body: { done: true, totalSize: 1, records: [{ Id: ID }] }, gives: { total: 1, records: [{ Id: ID }] } },
      ],
      pages: {
        given: async (call) => {
          for (const name of ['a', 'b', 'c', 'd', 'e']) await call(accounts.create, { Name: name })
          return { soql: soql`SELECT Id FROM Account` }
        },
        next: ({ next }) => (next === undefined ? undefined : { next }),
        items: ({ records }) => records,
        count: 5,
      },
    }),
    example(signup, { input: { id: '1', name: 'a' }, other: { id: '2', name: 'b' } }),
  ],
  provider: () => modelProvider(organization({ pageSize: 2 }), (ledger) => ledger.effects),
}

for (const law of connectorSuite(subject))
  test(law.name, (context) => (law.skip === undefined ? law.run() : context.skip(law.skip)))
