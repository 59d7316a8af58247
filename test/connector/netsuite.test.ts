import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NETSUITE_FAULTS } from '../../src/adapter/connector/netsuite/faults.ts'
import {
  type NetsuiteOptions,
  netsuite,
  type SuiteQlValue,
  suiteql,
} from '../../src/adapter/connector/netsuite/index.ts'
import { invoiceOf } from '../../src/adapter/connector/netsuite/invoice.ts'
import { uuidOf } from '../../src/adapter/connector/netsuite/uuid.ts'
import { clientCredentials } from '../../src/declare/credential/words.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { Operation, ResponseParts } from '../../src/declare/target/operation.ts'
import { tokensOf } from '../../src/sandbox/netsuite/suiteql/token.ts'
import { answerOf, codeOf, requestOf } from './halves.ts'

const erp = netsuite({ account: '1234567_SB1', token: secret('TOKEN') })
const { customers, invoices, salesOrders, query, jobs } = erp
const HEADERS = { accept: 'application/json', authorization: 'Bearer pat-made-up', 'user-agent': 'tieline' }
const WRITE = { ...HEADERS, 'content-type': 'application/json', 'x-netsuite-propertynamevalidation': 'Error' }

/** An answer without a body, as NetSuite answers writes. */
function located<I, O>(operation: Operation<I, O>, input: I, location: string | undefined, status = 204): O {
  const headers: Record<string, string> = location === undefined ? {} : { location }
  const response: ResponseParts = { status, headers, text: '', json: () => JSON.parse('') }
  return operation.spec.response(response, input)
}

/** A refusal as NetSuite words it. */
function refused(status: number, code: string, headers: Readonly<Record<string, string>> = {}): ResponseParts {
  const body = { status, 'o:errorDetails': [{ detail: 'It is so.', 'o:errorCode': code }] }
  return { status, headers, text: JSON.stringify(body), json: () => body }
}

describe('the connector', () => {
  test('calls the account’s own domain, through a bulkhead', () => {
    const { baseUrl, secrets, policy, credential } = erp.connector
    expect([baseUrl, secrets, credential]).toEqual([
      'https://1234567-sb1.suitetalk.api.netsuite.com',
      ['TOKEN'],
      undefined,
    ])
    expect(policy.layers.map(({ kind }) => kind)).toEqual(['bulkhead', 'timeout'])
    expect(netsuite({ account: 'TSTDRV99', token: secret('T'), name: 'erp' }).connector).toMatchObject({
      name: 'erp',
      baseUrl: 'https://tstdrv99.suitetalk.api.netsuite.com',
    })
  })

  test('or with an access token that the runtime keeps fresh', () => {
    const tokenUrl = 'https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token'
    const credential = clientCredentials({
      tokenUrl,
      clientId: secret('CLIENT'),
      privateKey: secret('KEY'),
      keyId: 'certificate-1',
      scope: 'rest_webservices',
    })
    expect(credential.client).toMatchObject({ by: 'private_key_jwt', key: { algorithm: 'PS256', audience: tokenUrl } })
    const { connector, customers: called } = netsuite({ account: '1234567', credential })
    expect([connector.credential, connector.secrets]).toEqual([credential, ['CLIENT', 'KEY']])
    const { headers } = requestOf(called.get, { id: '1' }, { token: 'made-up' })
    expect(headers?.['authorization']).toBe('Bearer made-up')
  })

  test.each([
    [{ account: '', token: secret('T') }, 'account'],
    [{ account: 'evil.example/', token: secret('T') }, 'account'],
    [{ account: '1234567' }, 'token or credential'],
  ])('%j is refused for its %s', (options, field) => {
    expect(() => netsuite(options as NetsuiteOptions)).toThrow(field)
    expect(codeOf(() => netsuite(options as NetsuiteOptions))).toBe('DECLARATION_INVALID')
  })

  test('a record type is named at the declaration', () => {
    for (const type of ['', 'a/b', '../x', 'custom record', '1x'])
      expect(codeOf(() => erp.record(type))).toBe('DECLARATION_INVALID')
    expect(erp.record<{ name: string }>('customrecord_plan').type).toBe('customrecord_plan')
    // @ts-expect-error a plan has no such field
    void (() => erp.record<{ name: string }>('customrecord_plan').create.spec.request({ nam: 'x' }, {} as never))
  })
})

describe('request halves', () => {
  test('get and find', () => {
    expect(requestOf(customers.get, { id: '107', fields: ['companyName', 'email'], expand: true })).toEqual({
      method: 'GET',
      path: '/services/rest/record/v1/customer/107?fields=companyName%2Cemail&expandSubResources=true',
      headers: HEADERS,
    })
    expect(requestOf(customers.get, { externalId: 'CID001' }).path).toBe('/services/rest/record/v1/customer/eid:CID001')
    expect(requestOf(customers.find, { externalId: 'CID001' }).path).toBe(
      '/services/rest/record/v1/customer?q=externalId+IS+%22CID001%22&limit=1',
    )
  })

  test('create, and what a repeat of it means', () => {
    expect(requestOf(customers.create, { companyName: 'My Company', subsidiary: { id: '1' } })).toEqual({
      method: 'POST',
      path: '/services/rest/record/v1/customer',
      headers: WRITE,
      body: '{"companyName":"My Company","subsidiary":{"id":"1"}}',
    })
    const rules = Object.values(customers).flatMap((one) => (typeof one === 'string' ? [] : [one.spec]))
    expect(Object.fromEntries(rules.map(({ name, idempotency }) => [name, idempotency.by]))).toEqual({
      'customer.get': 'read',
      'customer.find': 'read',
      'customer.create': 'none',
      'customer.upsert': 'state',
      'customer.update': 'state',
      'customer.delete': 'state',
      'customer.transform': 'none',
      'customer.submit': 'header',
    })
  })

  test('upsert and update replace the sublists that they name', () => {
    const item = { items: [{ item: { id: '144' }, amount: 1_000 }] }
    expect(requestOf(invoices.upsert, { externalId: 'PI_1', memo: 'm', item })).toEqual({
      method: 'PUT',
      path: '/services/rest/record/v1/invoice/eid:PI_1?replace=item',
      headers: WRITE,
      body: '{"memo":"m","item":{"items":[{"item":{"id":"144"},"amount":1000}]}}',
    })
    const update = requestOf(invoices.update, { id: '7', fields: { memo: 'x' } })
    expect([update.method, update.path, update.body]).toEqual([
      'PATCH',
      '/services/rest/record/v1/invoice/7',
      '{"memo":"x"}',
    ])
    expect(requestOf(invoices.update, { externalId: 'a', fields: { item, salesTeam: { items: [] } } }).path).toBe(
      '/services/rest/record/v1/invoice/eid:a?replace=item%2CsalesTeam',
    )
  })

  test('delete and transform', () => {
    expect(requestOf(customers.delete, { id: '7' })).toEqual({
      method: 'DELETE',
      path: '/services/rest/record/v1/customer/7',
      headers: HEADERS,
    })
    expect(requestOf(salesOrders.transform, { id: '3', to: 'invoice' })).toEqual({
      method: 'POST',
      path: '/services/rest/record/v1/salesOrder/3/!transform/invoice',
      headers: WRITE,
      body: '{}',
    })
    expect(codeOf(() => requestOf(salesOrders.transform, { id: '3', to: '../x' }))).toBe('REQUEST_INVALID')
  })

  test('an external id is of letters, digits, _ and -', () => {
    for (const externalId of ['', 'a b', 'RED|PO|1337', 'a/../b', 'x"', 'é', 'x'.repeat(256)]) {
      expect(codeOf(() => requestOf(customers.find, { externalId }))).toBe('REQUEST_INVALID')
      expect(codeOf(() => requestOf(customers.upsert, { externalId }))).toBe('REQUEST_INVALID')
    }
    for (const id of ['', '.', '..']) expect(codeOf(() => requestOf(customers.get, { id }))).toBe('REQUEST_INVALID')
    expect(requestOf(customers.get, { id: '7/x' }).path).toBe('/services/rest/record/v1/customer/7%2Fx')
  })

  test('submit: an asynchronous request with the key as a UUID', () => {
    const first = requestOf(invoices.submit, { memo: 'm' })
    expect(first).toMatchObject({ method: 'POST', path: '/services/rest/record/v1/invoice', body: '{"memo":"m"}' })
    expect(first.headers).toMatchObject({
      prefer: 'respond-async',
      'x-netsuite-idempotency-key': uuidOf('invoice:k-1'),
    })
    expect(requestOf(invoices.submit, { memo: 'm' }, { attempt: 7 })).toEqual(first)
    const keyOf = (one: typeof first): string | undefined => one.headers?.['x-netsuite-idempotency-key']
    expect(keyOf(requestOf(salesOrders.submit, { memo: 'm' }))).not.toBe(keyOf(first))
    expect(keyOf(requestOf(invoices.submit, { memo: 'm' }, { idempotencyKey: 'k-2' }))).not.toBe(keyOf(first))
  })

  test('a UUID of version 5, golden', () => {
    // RFC 4122, name "urn:tieline:k" in the namespace of URLs.
    expect(uuidOf('k')).toBe('67ff143b-3454-592b-8f59-ac7acb7e6020')
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(uuidOf(text)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }),
    )
  })

  test('query', () => {
    const sql = suiteql`SELECT id FROM customer WHERE email = ${"o'hara@x.example"} ORDER BY id`
    expect(requestOf(query, { sql, limit: 50, offset: 100 })).toEqual({
      method: 'POST',
      path: '/services/rest/query/v1/suiteql?limit=50&offset=100',
      headers: { ...HEADERS, 'content-type': 'application/json', prefer: 'transient' },
      body: `{"q":"SELECT id FROM customer WHERE email = 'o''hara@x.example' ORDER BY id"}`,
    })
    for (const page of [{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { limit: 10, offset: 5 }, { offset: -1_000 }])
      expect(codeOf(() => requestOf(query, { sql, ...page }))).toBe('REQUEST_INVALID')
  })

  test('jobs', () => {
    expect(requestOf(jobs.status, { job: '1' }).path).toBe('/services/rest/async/v1/job/1')
    expect(requestOf(jobs.tasks, { job: '1' }).path).toBe('/services/rest/async/v1/job/1/task/')
    expect(requestOf(jobs.outcome, { job: '1', task: '1' }).path).toBe('/services/rest/async/v1/job/1/task/1/result')
    expect(codeOf(() => requestOf(jobs.status, { job: '..' }))).toBe('REQUEST_INVALID')
  })
})

describe('suiteql', () => {
  const text = (value: SuiteQlValue): string => suiteql`x = ${value}`.text.slice('x = '.length)

  test.each<[SuiteQlValue, string]>([
    ["it's", "'it''s'"],
    ['', "''"],
    [12.5, '12.5'],
    [-1, '(-1)'],
    [true, "'T'"],
    [false, "'F'"],
    [null, 'NULL'],
    [['a', 1, null], "('a', 1, NULL)"],
  ])('%j is %s', (value, written) => expect(text(value)).toBe(written))

  test.each<[unknown]>([
    [undefined],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['\0'],
    ['\ud800'],
    [[]],
    [[['a']]],
    [{}],
  ])('%j has no literal', (value) =>
    expect(codeOf(() => suiteql`x = ${value as SuiteQlValue}`)).toBe('REQUEST_INVALID'),
  )

  test('a bigint', () => expect(text(-3n)).toBe('(-3)'))

  test('quotes around a value are refused, and so is a query in a query', () => {
    expect(codeOf(() => suiteql`x = '${'a'}'`)).toBe('REQUEST_INVALID')
    expect(codeOf(() => suiteql`x = ${'a'}'`)).toBe('REQUEST_INVALID')
    expect(codeOf(() => suiteql`x LIKE '%${'a'}%'`)).toBe('REQUEST_INVALID')
    expect(suiteql`x LIKE ${'%a%'} AND y = 'it''s' AND z = ${1}`.text).toBe("x LIKE '%a%' AND y = 'it''s' AND z = 1")
    const forged = { kind: 'suiteql', text: "'' OR 1 = 1" } as const
    expect(codeOf(() => suiteql`x = ${forged as never}`)).toBe('REQUEST_INVALID')
  })

  test('no text leaves its literal: what a reader of SQL finds is one literal with that text, and the words around it', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom("'", "''", '--', ';', '\\', '/*', '*/', ')', ' OR ', '1=1', '\n', 'x') }),
    )
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        fc.pre(!a.includes('\0') && !b.includes('\0') && a.isWellFormed() && b.isWellFormed())
        const tokens = tokensOf(suiteql`SELECT id FROM t WHERE a = ${a} AND b IN ${[b, a]} ORDER BY id`.text)
        const texts = tokens.flatMap((token) => (token.kind === 'text' ? [token.text] : []))
        expect(texts).toEqual([a, b, a])
        const words = tokens.map((token) => ('text' in token && token.kind !== 'text' ? token.text : '?')).join(' ')
        expect(words).toBe('SELECT id FROM t WHERE a = ? AND b IN ( ? , ? ) ORDER BY id')
      }),
    )
  })
})

describe('response halves', () => {
  const LOCATION = 'https://demo123.suitetalk.api.netsuite.com/services/rest/record/v1/customer/647'

  test('a write names its record in Location', () => {
    expect(located(customers.create, {}, LOCATION)).toEqual({ id: '647' })
    expect(located(customers.upsert, { externalId: 'a' }, LOCATION)).toEqual({ id: '647' })
    expect(located(customers.upsert, { externalId: 'a' }, undefined)).toEqual({})
    expect(located(salesOrders.transform, { id: '3', to: 'invoice' }, LOCATION)).toEqual({ id: '647' })
    expect(located(customers.update, { id: '7', fields: {} }, undefined)).toBeUndefined()
    for (const bad of [undefined, '', 'https://x.example/', '/services/rest/record/v1/customer/%E0'])
      expect(codeOf(() => located(customers.create, {}, bad))).toBe('PROVIDER_ANSWER')
  })

  test('get and find', () => {
    const links = [{ rel: 'self', href: LOCATION }]
    expect(answerOf(customers.get, { id: '647' }, { links, companyName: 'A' })).toMatchObject({
      id: '647',
      companyName: 'A',
    })
    expect(answerOf(customers.get, { id: '647' }, { id: '648', links })).toMatchObject({ id: '648' })
    expect(codeOf(() => answerOf(customers.get, { id: '647' }, { companyName: 'A' }))).toBe('PROVIDER_ANSWER')
    const find = (body: unknown) => answerOf(customers.find, { externalId: 'a' }, body)
    expect(find({ items: [{ links, id: '107' }], totalResults: 1 })).toEqual({ id: '107' })
    expect(find({ items: [], totalResults: 0 })).toBeNull()
    expect(codeOf(() => find({}))).toBe('PROVIDER_ANSWER')
  })

  test('a submitted job, and a repeat of it', () => {
    const job = '/services/rest/async/v1/job/123456'
    expect(located(customers.submit, {}, job, 202)).toEqual({ job: '123456' })
    expect(located(customers.submit, {}, `https://demo123.suitetalk.api.netsuite.com${job}`, 400)).toEqual({
      job: '123456',
    })
    expect(codeOf(() => located(customers.submit, {}, LOCATION, 202))).toBe('PROVIDER_ANSWER')
    const { repeated } = customers.submit.spec
    const location = { location: job }
    expect(repeated?.(refused(400, 'IDEMPOTENCY_ERROR', location))).toBe(true)
    expect(repeated?.(refused(400, 'IDEMPOTENCY_ERROR'))).toBe(false)
    expect(repeated?.(refused(400, 'INVALID_CONTENT', location))).toBe(false)
    expect(repeated?.(refused(409, 'IDEMPOTENCY_ERROR', location))).toBe(false)
  })

  test('a record that is deleted already, and an address that NetSuite does not answer at', () => {
    const { repeated } = customers.delete.spec
    expect(repeated?.(refused(404, 'NONEXISTENT_ID'))).toBe(true)
    expect(repeated?.(refused(403, 'NONEXISTENT_ID'))).toBe(false)
    expect(repeated?.({ status: 404, headers: {}, text: '<h1>Not Found</h1>', json: () => undefined })).toBe(false)
  })

  test('the documented states of a job', () => {
    const self = 'https://demo123.suitetalk.api.netsuite.com/services/rest/async/v1/job/1'
    const status = { links: [{ rel: 'self', href: self }], completed: false, id: '1', progress: 'pending' }
    expect(answerOf(jobs.status, { job: '1' }, status)).toEqual({ completed: false, progress: 'pending' })
    expect(codeOf(() => answerOf(jobs.status, { job: '1' }, {}))).toBe('PROVIDER_ANSWER')
    const tasks = { items: [{ links: [{ rel: 'self', href: `${self}/task/1` }] }] }
    expect(answerOf(jobs.tasks, { job: '1' }, tasks)).toEqual(['1'])
    const outcome = { job: '1', task: '1' }
    expect(located(jobs.outcome, outcome, LOCATION)).toEqual({ id: '647' })
    expect(answerOf(jobs.outcome, outcome, { links: [{ rel: 'self', href: LOCATION }] })).toEqual({ id: '647' })
  })

  test('pages of rows', () => {
    const sql = suiteql`SELECT id FROM customer`
    const page = (hasMore: boolean) =>
      answerOf(
        query,
        { sql, limit: 2, offset: 4 },
        { count: 1, hasMore, items: [{ links: [], id: '1' }], offset: 4, totalResults: 9 },
      )
    expect(page(true)).toEqual({ rows: [{ id: '1' }], total: 9, next: 6 })
    expect(page(false)).toEqual({ rows: [{ id: '1' }], total: 9 })
    expect(codeOf(() => answerOf(query, { sql }, { items: [] }))).toBe('PROVIDER_ANSWER')
  })
})

describe('invoices by their total', () => {
  const input = { externalId: 'pi_1', customer: '107', total: '12.50', currency: 'EUR', memo: 'deal 7' }
  const terms = { item: { externalId: 'tieline' }, currencies: { CHF: '5' } }

  test('one line of the item, in the currency', () => {
    expect(invoiceOf(input, terms)).toEqual({
      entity: { id: '107' },
      currency: { refName: 'EUR' },
      memo: 'deal 7',
      item: { items: [{ item: { externalId: 'tieline' }, quantity: 1, amount: 12.5 }] },
    })
    const { memo: _, ...bare } = input
    expect(
      invoiceOf({ ...bare, customer: { externalId: 'cus_1' }, currency: 'CHF', item: { id: '9' } }, terms),
    ).toMatchObject({
      entity: { externalId: 'cus_1' },
      currency: { id: '5' },
      item: { items: [{ item: { id: '9' } }] },
    })
    expect(invoiceOf({ ...input, currency: 'constructor' }, terms).currency).toEqual({ refName: 'constructor' })
  })

  test.each(['', '1,5', '1e3', 'NaN', '.5', '1.', '12345678901234.56', '1.123456789'])(
    'a total of %j is refused',
    (total) => {
      expect(codeOf(() => invoiceOf({ ...input, total }, terms))).toBe('REQUEST_INVALID')
    },
  )

  test('what a saga step says that it calls', () => {
    expect(invoices.create.calls).toEqual([invoices.upsert, invoices.get])
    expect(invoices.void.calls.map(({ spec }) => spec.name)).toEqual(['creditMemo.find', 'invoice.to.creditMemo'])
    expect(salesOrders.invoice.calls.map(({ spec }) => spec.idempotency.by)).toEqual(['read', 'state'])
    expect(jobs.result.calls).toEqual([jobs.status, jobs.tasks, jobs.outcome])
  })
})

describe('faults', () => {
  const bodyOf = (status: number, title: string, code?: string): string =>
    JSON.stringify({
      type: 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html',
      title,
      status,
      'o:errorDetails': code === undefined ? [] : [{ detail: 'It is so.', 'o:errorCode': code, 'o:errorPath': 'item' }],
    })

  test.each([
    [400, 'INVALID_CONTENT', 'PROVIDER_REFUSED'],
    [400, 'USER_ERROR', 'PROVIDER_REFUSED'],
    [400, 'IDEMPOTENCY_ERROR', 'PROVIDER_REFUSED'],
    [400, 'RCRD_HAS_BEEN_CHANGED', 'PROVIDER_FAULT'],
    [409, 'RCRD_HAS_BEEN_CHANGED', 'PROVIDER_FAULT'],
    [401, 'INVALID_LOGIN', 'CREDENTIAL_REFUSED'],
    [403, 'INSUFFICIENT_PERMISSION', 'CREDENTIAL_REFUSED'],
    [404, 'NONEXISTENT_ID', 'PROVIDER_REFUSED'],
    [405, 'METHOD_NOT_ALLOWED', 'PROVIDER_REFUSED'],
    [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'PROVIDER_BUSY'],
    [500, 'UNEXPECTED_ERROR', 'PROVIDER_FAULT'],
    [503, 'UNAVAILABLE', 'PROVIDER_BUSY'],
  ])('%i %s is %s, and is named', (status, code, means) => {
    const body = new TextEncoder().encode(bodyOf(status, 'Title', code))
    const error = classify({ status, headers: {}, body }, NETSUITE_FAULTS, 0)
    expect([error.code, error.message.startsWith(`${status} ${code}, "It is so." (`)]).toEqual([means, true])
    expect(error.retryAfterMs).toBeUndefined()
  })

  test('without details the answer is read as any problem', () => {
    const body = new TextEncoder().encode(bodyOf(429, 'Busy'))
    expect(classify({ status: 429, headers: { 'retry-after': '2' }, body }, NETSUITE_FAULTS, 0)).toMatchObject({
      code: 'PROVIDER_BUSY',
      retryAfterMs: 2_000,
    })
  })
})
