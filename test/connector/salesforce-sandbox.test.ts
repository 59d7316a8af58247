import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AccountFields,
  referenceTo,
  type Salesforce,
  salesforce,
  soql,
  subrequest,
  type Upsert,
} from '../../src/adapter/connector/salesforce/index.ts'
import { httpClient } from '../../src/adapter/http/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { ItemOutcome, Operation, RequestParts } from '../../src/declare/target/operation.ts'
import type { HttpResponse } from '../../src/port/http.ts'
import { type Salesforce as Org, salesforce as organization } from '../../src/sandbox/salesforce/salesforce.ts'
import { type ProviderServer, serveProvider } from '../../src/sandbox/server/serve-provider.ts'
import { answerOf, contextWith } from './halves.ts'

const http = httpClient()
let org: Org
let server: ProviderServer
let crm: Salesforce

beforeAll(async () => {
  org = organization({ pageSize: 2, tokens: ['pat-made-up'] })
  server = await serveProvider(org)
  crm = salesforce({ instanceUrl: server.url, token: secret('TOKEN'), allow: ['127.0.0.1'] })
})
beforeEach(() => org.reset())
afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

async function exchange({ spec }: Operation<never, unknown>, parts: RequestParts): Promise<HttpResponse> {
  const { connector } = spec
  const answer = await http.request({
    headers: {},
    ...parts,
    url: connector.baseUrl + parts.path,
    timeoutMs: 5_000,
    maxResponseBytes: connector.maxResponseBytes,
    allow: connector.allow,
  })
  if (answer.status >= 300) throw classify(answer, connector.faults, Date.now())
  return answer
}

/** What the engine does with an operation, without durability. */
async function perform<I, O>(operation: Operation<I, O>, input: I, secrets = ['pat-made-up']): Promise<O> {
  const answer = await exchange(operation, operation.spec.request(input, contextWith({ secret: () => secrets })))
  return answerOf(operation, input, Buffer.from(answer.body).toString(), answer.status)
}

/** What it does with many inputs of one operation. */
async function performAll<I, O>(operation: Operation<I, O>, inputs: readonly I[]): Promise<readonly ItemOutcome<O>[]> {
  const items = inputs.map((input, i) => ({ input, idempotencyKey: `k-${i}` }))
  const answer = await exchange(operation, operation.spec.batch!.request(items, contextWith()))
  const body: unknown = JSON.parse(Buffer.from(answer.body).toString())
  return operation.spec.batch!.response({ status: 200, headers: answer.headers, text: '', json: () => body }, items)
}

/** As often as the engine would: until it is done, or the error says stop. */
async function untilDone<T>(attempt: () => Promise<T>): Promise<{ readonly value: T; readonly attempts: number }> {
  for (let attempts = 1; ; attempts++) {
    try {
      return { value: await attempt(), attempts }
    } catch (error) {
      if (!(error instanceof TielineError) || error.disposition === 'stop' || attempts === 5) throw error
    }
  }
}

const account = (id: string, fields: AccountFields = {}): Upsert<AccountFields> => ({
  by: 'Number__c',
  id,
  fields: { Name: `Account ${id}`, ...fields },
})
const created = () => org.ledger().effects.filter(({ kind }) => kind === 'created').length

test('an upsert twice is one record', async () => {
  const first = await perform(crm.accounts.upsert, account('A/1'))
  expect(first).toEqual({ id: expect.stringMatching(/^001[0-9A-Za-z]{12}[A-Z0-5]{3}$/), created: true })
  expect(await perform(crm.accounts.upsert, account('A/1'))).toEqual({ id: first.id, created: false })
  expect(await perform(crm.accounts.upsert, account('a/1', { Phone: '1' }))).toEqual({ id: first.id, created: false })
  expect([created(), org.ledger().repeats]).toEqual([1, 0 + 1])
  expect(await perform(crm.accounts.get, { by: 'Number__c', id: 'A/1' })).toMatchObject({ Id: first.id, Phone: '1' })
})

test('a lost answer does no harm: the effect happens once', async () => {
  server.faults.add({ kind: 'cut-after-effect', next: 1 })
  const { value, attempts } = await untilDone(() => perform(crm.accounts.upsert, account('7')))
  expect([attempts, value.created, created()]).toEqual([2, false, 1])
  server.faults.add({ kind: 'error-after-effect', next: 1 })
  const again = await untilDone(() => perform(crm.accounts.delete, { id: value.id ?? '' }))
  expect(again).toEqual({ attempts: 2, value: { deleted: false } })
})

test('create, get, update, delete', async () => {
  const { id } = await perform(crm.opportunities.create, { Name: 'x', StageName: 'Won', CloseDate: '2026-01-31' })
  expect(await perform(crm.opportunities.update, { id, fields: { StageName: null, Amount: 12.5 } })).toEqual({
    status: 204,
  })
  const found = await perform(crm.opportunities.get, { id, fields: ['Amount', 'StageName'] })
  expect(found).toMatchObject({ Id: id, Amount: 12.5, StageName: null })
  expect(await perform(crm.opportunities.delete, { id })).toEqual({ deleted: true })
  await expect(perform(crm.opportunities.get, { id })).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' })
  await expect(perform(crm.opportunities.update, { id, fields: {} })).rejects.toThrow('ENTITY_IS_DELETED')
  await expect(perform(crm.opportunities.create, { Name: 'x' })).rejects.toThrow('REQUIRED_FIELD_MISSING')
})

test('several records with the external id: stop, and say which', async () => {
  const one = await perform(crm.accounts.create, { Name: 'x', Number__c: '1' })
  const two = await perform(crm.accounts.create, { Name: 'y', Number__c: '1' })
  const failure = await perform(crm.accounts.upsert, account('1')).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'PROVIDER_REFUSED', disposition: 'stop' })
  expect(String(failure)).toMatch(new RegExp(`300.*${one.id}.*${two.id}.*several records.*merge them`))
  const [outcome] = await performAll(crm.accounts.upsert, [account('1')])
  expect(outcome).toMatchObject({ as: 'failed', error: { code: 'PROVIDER_REFUSED' } })
})

test('a locked row is tried again', async () => {
  org.lock('1', 2)
  const { value, attempts } = await untilDone(() => perform(crm.accounts.upsert, account('1')))
  expect([attempts, value.created]).toEqual([3, true])
})

test('a batch: each record by itself, in one request', async () => {
  const before = server.requests()
  await perform(crm.accounts.create, { Name: 'twice', Number__c: 'double' })
  await perform(crm.accounts.create, { Name: 'twice', Number__c: 'double' })
  org.lock('locked', 1)
  const inputs = [
    account('1'),
    account('locked'),
    { by: 'Number__c', id: 'bare', fields: {} },
    account('double'),
    account('2', { OwnerId: null }),
  ]
  const outcomes = await performAll(crm.accounts.upsert, inputs)
  expect(outcomes).toMatchObject([
    { as: 'done', value: { created: true } },
    { as: 'failed', error: { code: 'PROVIDER_FAULT', disposition: 'retry' } },
    { as: 'failed', error: { code: 'PROVIDER_REFUSED', message: expect.stringContaining('REQUIRED_FIELD_MISSING') } },
    { as: 'failed', error: { code: 'PROVIDER_REFUSED', message: expect.stringContaining('DUPLICATE_EXTERNAL_ID') } },
    { as: 'done', value: { created: true } },
  ])
  const again = await performAll(crm.accounts.upsert, inputs)
  expect(again.map((one) => (one.as === 'done' ? one.value.created : one.error.code))).toEqual([
    false,
    true,
    'PROVIDER_REFUSED',
    'PROVIDER_REFUSED',
    false,
  ])
  expect(server.requests() - before).toBe(4)
})

test('a batch of 200 is one request, a second record of one id never shares it', async () => {
  const inputs = Array.from({ length: 200 }, (_, i) => account(String(i)))
  expect((await performAll(crm.accounts.upsert, inputs)).every(({ as }) => as === 'done')).toBe(true)
  expect(created()).toBe(200)
  // What the engine prevents by `key`: Salesforce refuses both.
  const both = await performAll(crm.accounts.upsert, [account('x'), account('X')])
  expect(both.map(({ as }) => as)).toEqual(['failed', 'failed'])
  const { key } = crm.accounts.upsert.spec.batch!
  expect(key?.(account('x'))).toBe(key?.(account('X')))
})

describe('a composite', () => {
  const signup = (allOrNone: boolean) =>
    crm.composite('signup', {
      uses: [crm.accounts.upsert, crm.contacts.upsert, crm.contacts.get],
      allOrNone,
      calls: ({ name, mail }: { readonly name: string; readonly mail: string | null }) => [
        subrequest('account', crm.accounts.upsert, account('1', { Name: name })),
        subrequest('contact', crm.contacts.upsert, {
          by: 'Signup__c',
          id: 's1',
          fields: { LastName: mail, AccountId: referenceTo('account') },
        }),
        subrequest('check', crm.contacts.get, { id: referenceTo('contact') }),
      ],
    })

  test('is one transaction, and refers to what came before', async () => {
    const outcomes = await perform(signup(true), { name: 'Acme', mail: 'Doe' })
    const [first, , last] = outcomes.map(({ outcome }) => (outcome.as === 'done' ? outcome.value : undefined))
    expect(last).toMatchObject({ LastName: 'Doe', AccountId: (first as { readonly id: string }).id })
    expect(await perform(signup(true), { name: 'Acme', mail: 'Doe' })).toMatchObject([
      { outcome: { value: { created: false } } },
      { outcome: { value: { created: false } } },
      {},
    ])
    expect(created()).toBe(2)
  })

  test('leaves nothing behind when a part fails', async () => {
    await expect(perform(signup(true), { name: 'Acme', mail: null })).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      message: expect.stringContaining('contact: 400 REQUIRED_FIELD_MISSING'),
    })
    expect(created()).toBe(0)
    org.lock('s1')
    const { attempts } = await untilDone(() => perform(signup(true), { name: 'Acme', mail: 'Doe' }))
    expect([attempts, created()]).toEqual([2, 2])
  })

  test('or what succeeded, if that is wanted', async () => {
    const outcomes = await perform(signup(false), { name: 'Acme', mail: null })
    expect(outcomes.map(({ reference, outcome }) => [reference, outcome.as])).toEqual([
      ['account', 'done'],
      ['contact', 'failed'],
      ['check', 'failed'],
    ])
    expect(created()).toBe(1)
  })
})

describe('queries', () => {
  test('all pages, in order', async () => {
    for (const id of ['3', '1', '5', '2', '4']) await perform(crm.accounts.upsert, account(id, { Industry: 'Energy' }))
    const numbers: unknown[] = []
    let page = await perform(crm.accounts.query, {
      soql: soql`SELECT Id, Number__c FROM Account WHERE Industry = ${'energy'} AND Name != ${null} ORDER BY Number__c DESC LIMIT 10`,
    })
    for (;;) {
      expect(page.total).toBe(5)
      numbers.push(...page.records.map(({ Number__c }) => Number__c))
      if (page.next === undefined) break
      page = await perform(crm.accounts.query, { next: page.next })
    }
    expect(numbers).toEqual(['5', '4', '3', '2', '1'])
  })

  test('a value cannot leave its place', async () => {
    await perform(crm.accounts.create, { Name: 'secret' })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.constantFrom(
            "x' OR Name != '",
            "\\' OR Name != null",
            "' OR Name LIKE '%",
            '\\',
            "'",
            '\n',
            '\u2028',
            'é😀',
          ),
          fc.string({ unit: 'grapheme', minLength: 1 }),
        ),
        async (name) => {
          await perform(crm.leads.create, { LastName: name, Company: 'x' })
          const wanted = soql`SELECT LastName FROM Lead WHERE LastName = ${name}`
          const { records } = await perform(crm.leads.query, { soql: wanted })
          expect(records.length).toBeGreaterThan(0)
          for (const { LastName } of records) expect(String(LastName).toLowerCase()).toBe(name.toLowerCase())
          const none = soql`SELECT Name FROM Account WHERE Name = ${`${name}'`}`
          expect((await perform(crm.accounts.query, { soql: none })).total).toBe(0)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('what is wrong is refused', async () => {
    const wrong = { soql: soql`SELECT Id FORM Account` }
    await expect(perform(crm.query, wrong)).rejects.toThrow('MALFORMED_QUERY')
    const gone = { next: '/services/data/v67.0/query/01gSb0000000009AAA-2' }
    await expect(perform(crm.query, gone)).rejects.toThrow('INVALID_QUERY_LOCATOR')
  })
})

test('credentials, limits and faults', async () => {
  await expect(perform(crm.accounts.upsert, account('1'), ['other'])).rejects.toMatchObject({
    code: 'CREDENTIAL_REFUSED',
  })
  server.faults.add({ kind: 'rate-limited', next: 1, retryAfterS: 3 })
  await expect(perform(crm.accounts.upsert, account('1'))).rejects.toMatchObject({
    code: 'PROVIDER_BUSY',
    retryAfterMs: 3_000,
  })
  server.faults.add({ kind: 'error-before-effect', next: 1 })
  await expect(perform(crm.accounts.upsert, account('1'))).rejects.toMatchObject({ code: 'PROVIDER_FAULT' })
  expect(created()).toBe(0)

  const small = await serveProvider(organization({ dailyLimit: 20 }))
  const limited = salesforce({ instanceUrl: small.url, token: secret('TOKEN'), allow: ['127.0.0.1'] })
  const { connector, request } = limited.accounts.upsert.spec
  const answers = []
  for (let i = 0; i < 21; i++) {
    const parts = request(account('1'), contextWith())
    const { path, ...rest } = { headers: {}, ...parts }
    answers.push(
      await http.request({
        ...rest,
        url: small.url + path,
        timeoutMs: 5_000,
        maxResponseBytes: 1e6,
        allow: ['127.0.0.1'],
      }),
    )
  }
  expect(connector.quota?.(answers[18]!.headers)).toBeUndefined()
  expect(connector.quota?.(answers[19]!.headers)).toEqual({ remaining: 0, resetMs: 864_000 })
  expect(classify(answers[20]!, connector.faults, 0)).toMatchObject({ code: 'PROVIDER_BUSY', retryAfterMs: 60_000 })
  await small[Symbol.asyncDispose]()
})
