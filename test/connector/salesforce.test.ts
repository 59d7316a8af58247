import { describe, expect, test } from 'vitest'
import { SALESFORCE_FAULTS } from '../../src/adapter/connector/salesforce/faults.ts'
import {
  referenceTo,
  type Salesforce,
  salesforce,
  soql,
  subrequest,
} from '../../src/adapter/connector/salesforce/index.ts'
import { salesforceQuota } from '../../src/adapter/connector/salesforce/quota.ts'
import { clientCredentials } from '../../src/declare/credential/words.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { BatchHalves, BatchItem, ItemOutcome, Operation } from '../../src/declare/target/operation.ts'
import { answerOf, codeOf, contextWith, requestOf } from './halves.ts'

const instanceUrl = 'https://example.my.salesforce.com'
const crm = salesforce({ instanceUrl, token: secret('TOKEN') })
const { accounts, contacts } = crm
const ROOT = '/services/data/v67.0'
const HEADERS = { accept: 'application/json', authorization: 'Bearer pat-made-up', 'user-agent': 'tieline' }
const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' }
const ID = '001D000000IqhSLIAZ'

function batchOf<I, O>(operation: Operation<I, O>): BatchHalves<I, O> {
  if (operation.spec.batch === undefined) throw new Error('no batch')
  return operation.spec.batch
}

const itemsOf = <I>(inputs: readonly I[]): readonly BatchItem<I>[] =>
  inputs.map((input, i) => ({ input, idempotencyKey: `k-${i}` }))

function outcomesOf<I, O>(operation: Operation<I, O>, inputs: readonly I[], body: unknown): readonly ItemOutcome<O>[] {
  const response = { status: 200, headers: {}, text: JSON.stringify(body), json: () => body }
  return batchOf(operation).response(response, itemsOf(inputs))
}

describe('request halves, as the documentation has them', () => {
  test('get', () => {
    expect(requestOf(accounts.get, { id: ID, fields: ['AccountNumber', 'BillingPostalCode'] })).toEqual({
      method: 'GET',
      path: `${ROOT}/sobjects/Account/${ID}?fields=AccountNumber%2CBillingPostalCode`,
      headers: HEADERS,
    })
    expect(requestOf(accounts.get, { by: 'Number__c', id: 'a/b' }).path).toBe(
      `${ROOT}/sobjects/Account/Number__c/a%2Fb`,
    )
    expect(codeOf(() => requestOf(accounts.get, { id: '..' }))).toBe('REQUEST_INVALID')
  })

  test('create, update, delete', () => {
    expect(requestOf(accounts.create, { Name: 'Express Logistics and Transport' })).toEqual({
      method: 'POST',
      path: `${ROOT}/sobjects/Account`,
      headers: JSON_HEADERS,
      body: '{"Name":"Express Logistics and Transport"}',
    })
    expect(requestOf(accounts.update, { id: ID, fields: { BillingCity: 'San Francisco', Phone: null } })).toEqual({
      method: 'PATCH',
      path: `${ROOT}/sobjects/Account/${ID}`,
      headers: JSON_HEADERS,
      body: '{"BillingCity":"San Francisco","Phone":null}',
    })
    expect(requestOf(accounts.delete, { id: ID })).toEqual({
      method: 'DELETE',
      path: `${ROOT}/composite/sobjects?ids=${ID}&allOrNone=false`,
      headers: HEADERS,
    })
    expect(codeOf(() => requestOf(accounts.delete, { id: `${ID},${ID}` }))).toBe('REQUEST_INVALID')
  })

  test('upsert', () => {
    const fields = { Name: 'California Wheat Corporation', Type: 'New Customer' }
    const expected = {
      method: 'PATCH',
      path: `${ROOT}/sobjects/Account/customExtIdField__c/11999`,
      headers: JSON_HEADERS,
      body: '{"Name":"California Wheat Corporation","Type":"New Customer"}',
    }
    expect(requestOf(accounts.upsert, { by: 'customExtIdField__c', id: 11_999, fields })).toEqual(expected)
    const twice = { by: 'customExtIdField__c', id: '11999', fields: { ...fields, customExtIdField__c: '11999' } }
    expect(requestOf(accounts.upsert, twice)).toEqual(expected)
    expect(codeOf(() => requestOf(accounts.upsert, { ...twice, id: '12000' }))).toBe('REQUEST_INVALID')
    expect(codeOf(() => requestOf(accounts.upsert, { by: 'customExtIdField__c', id: '', fields }))).toBe(
      'REQUEST_INVALID',
    )
  })

  test('upserts of a collection', () => {
    const batch = batchOf(accounts.upsert)
    const inputs = ['AAA', 'BBB'].map((id, i) => ({ by: 'MyExtId__c', id, fields: { Name: `Company ${i}` } }))
    const { method, path, headers, body } = batch.request(itemsOf(inputs), contextWith())
    expect([method, path, headers]).toEqual(['PATCH', `${ROOT}/composite/sobjects/Account/MyExtId__c`, JSON_HEADERS])
    expect(JSON.parse(body ?? '')).toEqual({
      allOrNone: false,
      records: [
        { attributes: { type: 'Account' }, Name: 'Company 0', MyExtId__c: 'AAA' },
        { attributes: { type: 'Account' }, Name: 'Company 1', MyExtId__c: 'BBB' },
      ],
    })
    expect([batch.max, batch.group?.(inputs[0]!), batch.key?.(inputs[0]!)]).toEqual([
      200,
      'MyExtId__c',
      'MyExtId__c aaa',
    ])
    const empty = itemsOf([{ by: 'MyExtId__c', id: '', fields: {} }])
    expect(codeOf(() => batch.request(empty, contextWith()))).toBe('REQUEST_INVALID')
  })

  test('query and its next page', () => {
    const first = soql`SELECT Name FROM Account WHERE Name = ${"Bob's BBQ"} LIMIT ${5}`
    expect(first.text).toBe("SELECT Name FROM Account WHERE Name = 'Bob\\'s BBQ' LIMIT 5")
    const { path, headers } = requestOf(accounts.query, { soql: first, batchSize: 500 })
    expect(new URL(path, instanceUrl).searchParams.get('q')).toBe(first.text)
    expect(headers).toEqual({ ...HEADERS, 'sforce-query-options': 'batchSize=500' })
    const next = '/services/data/v67.0/query/01gD0000002HU6KIAW-2000'
    expect(requestOf(crm.query, { next })).toEqual({ method: 'GET', path: next, headers: HEADERS })
    for (const wrong of ['https://evil.example/x', '//evil.example/', `${next}/../../limits`, `${next}?q=x`, ''])
      expect(codeOf(() => requestOf(crm.query, { next: wrong }))).toBe('REQUEST_INVALID')
    expect(codeOf(() => requestOf(crm.query, { next, batchSize: 100 }))).toBe('REQUEST_INVALID')
  })

  test('the token of a credential', () => {
    const credential = clientCredentials({
      tokenUrl: `${instanceUrl}/services/oauth2/token`,
      clientId: 'made-up',
      clientSecret: secret('SALESFORCE_SECRET'),
    })
    const { accounts: own, connector } = salesforce({ instanceUrl, credential })
    expect(requestOf(own.get, { id: ID }, { token: 'made-up-token' }).headers?.['authorization']).toBe(
      'Bearer made-up-token',
    )
    expect([connector.credential, connector.secrets]).toEqual([credential, ['SALESFORCE_SECRET']])
    expect(codeOf(() => requestOf(own.get, { id: ID }))).toBe('CONFIG_INVALID')
  })

  test('why a repeat is safe', () => {
    const { get, query, create, update, upsert, delete: remove } = crm.leads
    const rules = [get, query, create, update, upsert, remove].map(({ spec }) => spec.idempotency.by)
    expect(rules).toEqual(['read', 'read', 'none', 'state', 'state', 'state'])
    expect(create.spec.idempotency).toMatchObject({ why: expect.stringContaining('upsert') })
  })
})

describe('response halves, as the documentation has them', () => {
  const input = { by: 'customExtIdField__c', id: '11999', fields: { Name: 'x' } }

  test('upsert: 201, 200, 204', () => {
    const answer = { id: '00190000001pPvHAAU', errors: [], success: true }
    expect(answerOf(accounts.upsert, input, { ...answer, created: true }, 201)).toEqual({
      id: answer.id,
      created: true,
    })
    expect(answerOf(accounts.upsert, input, { ...answer, created: false }, 200)).toEqual({
      id: answer.id,
      created: false,
    })
    expect(answerOf(accounts.upsert, input, answer, 201)).toEqual({ id: answer.id, created: true })
    expect(answerOf(accounts.upsert, input, '', 204)).toEqual({ created: false })
    for (const body of ['', {}, []])
      expect(codeOf(() => answerOf(accounts.upsert, input, body))).toBe('PROVIDER_ANSWER')
  })

  test('a collection: an outcome for each', () => {
    const inputs = ['a', 'b', 'c', 'd'].map((id) => ({ by: 'X__c', id, fields: {} }))
    const failed = (statusCode: string) => ({
      success: false,
      errors: [{ statusCode, message: 'token=hush', fields: [] }],
    })
    const outcomes = outcomesOf(accounts.upsert, inputs, [
      { id: '001xx0000004GxDAAU', success: true, errors: [], created: true },
      failed('UNABLE_TO_LOCK_ROW'),
      failed('DUPLICATES_DETECTED'),
      failed('SOMETHING_NEW'),
    ])
    expect(outcomes).toMatchObject([
      { as: 'done', value: { id: '001xx0000004GxDAAU', created: true } },
      { as: 'failed', error: { code: 'PROVIDER_FAULT', disposition: 'retry' } },
      { as: 'failed', error: { code: 'PROVIDER_REFUSED', disposition: 'stop' } },
      { as: 'failed', error: { code: 'PROVIDER_REFUSED' } },
    ])
    expect(outcomes.some((one) => one.as === 'failed' && one.error.message.includes('hush'))).toBe(false)
    for (const body of [[], {}, [1, 2, 3, 4], [{ success: true }, {}, {}, {}]])
      expect(codeOf(() => outcomesOf(accounts.upsert, inputs, body))).toBe('PROVIDER_ANSWER')
  })

  test('delete: what was deleted before is no error', () => {
    const deleted = (results: unknown) => answerOf(accounts.delete, { id: ID }, results)
    const failed = (statusCode: string) => [{ success: false, errors: [{ statusCode, message: 'x', fields: [] }] }]
    expect(deleted([{ id: ID, success: true, errors: [] }])).toEqual({ deleted: true })
    expect(deleted(failed('ENTITY_IS_DELETED'))).toEqual({ deleted: false })
    expect(codeOf(() => deleted(failed('UNABLE_TO_LOCK_ROW')))).toBe('PROVIDER_FAULT')
    expect(codeOf(() => deleted(failed('INVALID_CROSS_REFERENCE_KEY')))).toBe('PROVIDER_REFUSED')
    expect(codeOf(() => deleted([{ success: false, errors: [] }]))).toBe('PROVIDER_REFUSED')
    expect(codeOf(() => deleted([]))).toBe('PROVIDER_ANSWER')
  })

  test('get, create, update, query', () => {
    const record = { attributes: { type: 'Account', url: 'x' }, AccountNumber: 'CD656092', Id: ID }
    expect(answerOf(accounts.get, { id: ID }, record)).toEqual(record)
    expect(codeOf(() => answerOf(accounts.get, { id: ID }, { Name: 'x' }))).toBe('PROVIDER_ANSWER')
    expect(answerOf(accounts.create, {}, { id: ID, errors: [], success: true }, 201)).toEqual({ id: ID })
    expect(answerOf(accounts.update, { id: ID, fields: {} }, '', 204)).toEqual({ status: 204 })
    const next = '/services/data/v67.0/query/01gD0000002HU6KIAW-2000'
    const page = { done: false, totalSize: 3_214, records: [record], nextRecordsUrl: next }
    expect(answerOf(accounts.query, { next: `${next}0` }, page)).toEqual({ total: 3_214, records: [record], next })
    expect(answerOf(accounts.query, { next }, { done: true, totalSize: 0, records: [] })).toEqual({
      total: 0,
      records: [],
    })
    expect(codeOf(() => answerOf(accounts.query, { next }, { done: true }))).toBe('PROVIDER_ANSWER')
    const first = { soql: soql`SELECT Id FROM Account` }
    expect(answerOf(accounts.query, first, page).next).toBe(next)
    expect(codeOf(() => answerOf(accounts.query, { next }, page))).toBe('PROVIDER_ANSWER')
  })
})

describe('composite', () => {
  const plan = (made: Salesforce, allOrNone?: boolean) =>
    made.composite('signup', {
      uses: [made.accounts.create, made.contacts.upsert, made.contacts.update],
      ...(allOrNone !== undefined && { allOrNone }),
      calls: ({ name }: { readonly name: string }) => [
        subrequest('refAccount', made.accounts.create, { Name: name }),
        subrequest('refContact', made.contacts.upsert, {
          by: 'Signup__c',
          id: 's1',
          fields: { LastName: 'Doe', AccountId: referenceTo('refAccount') },
        }),
        subrequest('mail', made.contacts.update, { id: referenceTo('refContact'), fields: { Email: 'a@x.example' } }),
      ],
    })
  const signup = plan(crm)

  test('is one request', () => {
    const { method, path, body } = requestOf(signup, { name: 'Acme' })
    expect([method, path, JSON.parse(body ?? '')]).toEqual([
      'POST',
      `${ROOT}/composite`,
      {
        allOrNone: true,
        collateSubrequests: false,
        compositeRequest: [
          { method: 'POST', url: `${ROOT}/sobjects/Account`, referenceId: 'refAccount', body: { Name: 'Acme' } },
          {
            method: 'PATCH',
            url: `${ROOT}/sobjects/Contact/Signup__c/s1`,
            referenceId: 'refContact',
            body: { LastName: 'Doe', AccountId: '@{refAccount.id}' },
          },
          {
            method: 'PATCH',
            url: `${ROOT}/sobjects/Contact/@{refContact.id}`,
            referenceId: 'mail',
            body: { Email: 'a@x.example' },
          },
        ],
      },
    ])
  })

  const done = {
    refAccount: { id: ID, success: true, errors: [] },
    refContact: { id: '003R00000025REHIA2', created: true },
  }
  const results = (refContact: { readonly body: unknown; readonly httpStatusCode: number }) => ({
    compositeResponse: [
      { body: done.refAccount, httpHeaders: {}, httpStatusCode: 201, referenceId: 'refAccount' },
      { ...refContact, httpHeaders: {}, referenceId: 'refContact' },
      { body: null, httpHeaders: {}, httpStatusCode: 204, referenceId: 'mail' },
    ],
  })
  const halted = [{ errorCode: 'PROCESSING_HALTED', message: 'The transaction was rolled back.' }]

  test('gives what each of its operations gives', () => {
    expect(answerOf(signup, { name: 'x' }, results({ body: done.refContact, httpStatusCode: 201 }))).toEqual([
      { reference: 'refAccount', outcome: { as: 'done', value: { id: ID } } },
      { reference: 'refContact', outcome: { as: 'done', value: { id: '003R00000025REHIA2', created: true } } },
      { reference: 'mail', outcome: { as: 'done', value: { status: 204 } } },
    ])
    expect(codeOf(() => answerOf(signup, { name: 'x' }, { compositeResponse: [] }))).toBe('PROVIDER_ANSWER')
  })

  test('fails as a whole, with what failed by itself', () => {
    const locked = [{ message: 'unable to obtain exclusive access', errorCode: 'UNABLE_TO_LOCK_ROW', fields: [] }]
    const body = results({ body: locked, httpStatusCode: 400 })
    body.compositeResponse[0] = {
      body: halted,
      httpHeaders: {},
      httpStatusCode: 400,
      referenceId: 'refAccount',
    } as never
    expect(() => answerOf(signup, { name: 'x' }, body)).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_FAULT',
        message: expect.stringContaining('refContact: 400 UNABLE_TO_LOCK_ROW'),
      }),
    )
    const partly = answerOf(plan(crm, false), { name: 'x' }, results({ body: locked, httpStatusCode: 400 }))
    expect(partly.map(({ outcome }) => outcome.as)).toEqual(['done', 'failed', 'done'])
  })

  test('is as safe to repeat as the least safe of its calls', () => {
    expect(signup.spec.idempotency).toMatchObject({ by: 'none', why: expect.stringContaining('account.create') })
    const safe = crm.composite('safe', { uses: [contacts.upsert], calls: () => [] })
    expect(safe.spec.idempotency.by).toBe('state')
  })

  test('data that looks like a reference is refused', () => {
    for (const name of ['@{refContact.id}', 'a@{x.y}b']) {
      expect(codeOf(() => requestOf(signup, { name }))).toBe('REQUEST_INVALID')
    }
    expect(codeOf(() => referenceTo('a b'))).toBe('REQUEST_INVALID')
    expect(codeOf(() => referenceTo('a', 'id}@{b.id'))).toBe('REQUEST_INVALID')
  })

  test('1 to 25 calls of its own operations, each with a name of its own', () => {
    const of = (calls: readonly string[], uses = [contacts.upsert]) =>
      crm.composite('many', {
        uses,
        calls: () => calls.map((name) => subrequest(name, contacts.upsert, { by: 'X__c', id: name, fields: {} })),
      })
    const names = (n: number) => Array.from({ length: n }, (_, i) => `r${i}`)
    expect(codeOf(() => requestOf(of(names(25)), undefined))).toBe('nothing thrown')
    for (const wrong of [[], names(26), ['a', 'a'], ['a b'], ['1a']])
      expect(codeOf(() => requestOf(of(wrong), undefined))).toBe('REQUEST_INVALID')
    expect(codeOf(() => requestOf(of(['a'], []), undefined))).toBe('REQUEST_INVALID')
    const other = salesforce({ instanceUrl, token: secret('TOKEN'), name: 'other' })
    expect(codeOf(() => other.composite('x', { uses: [contacts.upsert], calls: () => [] }))).toBe('DECLARATION_INVALID')
  })
})

test.each([
  [300, ['/services/data/v67.0/sobjects/Account/1'], 'PROVIDER_REFUSED', undefined],
  [400, [{ errorCode: 'UNABLE_TO_LOCK_ROW' }], 'PROVIDER_FAULT', undefined],
  [400, [{ errorCode: 'QUERY_TIMEOUT' }], 'PROVIDER_FAULT', undefined],
  [400, [{ errorCode: 'DUPLICATE_VALUE' }], 'PROVIDER_REFUSED', undefined],
  [400, [{ errorCode: 'DUPLICATES_DETECTED' }], 'PROVIDER_REFUSED', undefined],
  [400, [{ errorCode: 'REQUIRED_FIELD_MISSING', fields: ['Name'] }], 'PROVIDER_REFUSED', undefined],
  [400, [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' }], 'PROVIDER_REFUSED', undefined],
  [400, [{ errorCode: 'MALFORMED_QUERY' }], 'PROVIDER_REFUSED', undefined],
  [401, [{ errorCode: 'INVALID_SESSION_ID' }], 'CREDENTIAL_REFUSED', undefined],
  [401, '', 'CREDENTIAL_REFUSED', undefined],
  [403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }], 'PROVIDER_BUSY', 60_000],
  [403, [{ errorCode: 'API_DISABLED_FOR_ORG' }], 'CREDENTIAL_REFUSED', undefined],
  [404, [{ errorCode: 'NOT_FOUND' }], 'PROVIDER_REFUSED', undefined],
  [404, [{ errorCode: 'ENTITY_IS_DELETED' }], 'PROVIDER_REFUSED', undefined],
  [409, [], 'PROVIDER_REFUSED', undefined],
  [414, '', 'PROVIDER_REFUSED', undefined],
  [420, '', 'PROVIDER_FAULT', undefined],
  [431, '', 'PROVIDER_REFUSED', undefined],
  [500, [{ errorCode: 'UNKNOWN_EXCEPTION' }], 'PROVIDER_FAULT', undefined],
  [502, '', 'PROVIDER_FAULT', undefined],
  [503, [{ errorCode: 'SERVER_UNAVAILABLE' }], 'PROVIDER_BUSY', undefined],
])('%i %j is %s after %s ms', (status, answer, code, afterMs) => {
  const body = Buffer.from(JSON.stringify(answer))
  const error = classify({ status, headers: {}, body }, SALESFORCE_FAULTS, 0)
  expect([error.code, error.retryAfterMs]).toEqual([code, afterMs])
})

test('several records with one external id: the error says which and what to do', () => {
  const urls = ['/services/data/v67.0/sobjects/Account/001A', '/services/data/v67.0/sobjects/Account/001B']
  const { message } = classify(
    { status: 300, headers: {}, body: Buffer.from(JSON.stringify(urls)) },
    SALESFORCE_FAULTS,
    0,
  )
  expect(message).toContain('Account/001A')
  expect(message).toContain('Account/001B')
  expect(message).toContain('merge them')
})

test.each([
  ['api-usage=18/5000', undefined],
  ['api-usage=4750/5000', undefined],
  ['api-usage=4751/5000', { remaining: 249, resetMs: 864_000 }],
  ['api-usage=5003/5000', { remaining: 0, resetMs: 864_000 }],
  ['api-usage=4990/5000; per-app-api-usage=17/250(appName=sample-connected-app)', { remaining: 10, resetMs: 864_000 }],
  ['per-app-api-usage=249/250(appName=api-usage)', undefined],
  ['api-usage=a/b', undefined],
  ['', undefined],
])('quota of %j', (value, quota) => {
  expect(salesforceQuota({ 'sforce-limit-info': value })).toEqual(quota)
  expect(salesforceQuota({})).toBeUndefined()
})

test('declarations', () => {
  const token = secret('TOKEN')
  const wrong = [
    { instanceUrl, token, version: 'v45.0' },
    { instanceUrl, token, version: '67' },
    { instanceUrl: 'example.my.salesforce.com', token },
    { instanceUrl: `${instanceUrl}/services/data`, token },
    { instanceUrl: 'https://me:hush@example.my.salesforce.com', token },
    { instanceUrl },
  ]
  for (const options of wrong) {
    expect(codeOf(() => salesforce(options as never))).toBe('DECLARATION_INVALID')
    expect(() => salesforce(options as never)).not.toThrow(/hush/)
  }
  expect(codeOf(() => crm.object('Invoice c'))).toBe('DECLARATION_INVALID')
  const invoices = crm.object<{ readonly Total__c?: number }>('Invoice__c')
  expect([invoices.upsert.spec.name, crm.connector.name, crm.connector.baseUrl]).toEqual([
    'invoice__c.upsert',
    'salesforce',
    instanceUrl,
  ])
  expect(requestOf(accounts.create, { Name: 'x', Tier__c: 'gold', Plan__r: { Code__c: 'pro' } }).body).toContain('gold')
  // @ts-expect-error an account has no such field
  accounts.create.spec.request({ Nmae: 'x' }, contextWith())
  // @ts-expect-error a query is made by the tag
  expect(codeOf(() => requestOf(accounts.query, { soql: 'SELECT Id FROM Account' }))).toBe('REQUEST_INVALID')
})
