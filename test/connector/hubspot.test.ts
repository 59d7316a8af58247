import { describe, expect, test } from 'vitest'
import { HUBSPOT_FAULTS } from '../../src/adapter/connector/hubspot/faults.ts'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { operation } from '../../src/declare/target/operation.ts'
import { answerOf, codeOf, contextWith, requestOf } from './halves.ts'

const crm = hubspot({ token: secret('TOKEN'), webhookSecret: secret('HOOK'), publicUrl: 'https://hooks.example.com' })
const { contacts, companies, deals, associations } = crm
const HEADERS = { accept: 'application/json', authorization: 'Bearer pat-made-up', 'user-agent': 'tieline' }
const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' }

describe('request halves', () => {
  test('deals.upsert', () => {
    expect(
      requestOf(deals.upsert, { by: 'payment_id', id: 'pi_1', name: 'Payment', amount: '12.50', stage: 'closedwon' }),
    ).toEqual({
      method: 'POST',
      path: '/crm/v3/objects/deals/batch/upsert',
      headers: JSON_HEADERS,
      body: '{"inputs":[{"idProperty":"payment_id","id":"pi_1","properties":{"dealname":"Payment","dealstage":"closedwon","amount":"12.50"},"objectWriteTraceId":"k-1-0"}]}',
    })
  })

  test('batchUpsert', () => {
    const { body } = requestOf(contacts.batchUpsert, [
      { by: 'email', id: 'a@x.example', firstName: 'A', phone: null },
      { by: 'email', id: 'b@x.example', lastName: undefined, properties: { firstname: 'B', vip: true, score: 7 } },
    ])
    expect(JSON.parse(body ?? '')).toEqual({
      inputs: [
        {
          idProperty: 'email',
          id: 'a@x.example',
          properties: { firstname: 'A', phone: '' },
          objectWriteTraceId: 'k-1-0',
        },
        {
          idProperty: 'email',
          id: 'b@x.example',
          properties: { firstname: 'B', vip: 'true', score: '7' },
          objectWriteTraceId: 'k-1-1',
        },
      ],
    })
  })

  test('a batch is of 1 to 100 records that name themselves', () => {
    const one = { by: 'email', id: 'a@x.example' }
    for (const batch of [[], Array(101).fill(one), [{ ...one, id: '' }], [{ ...one, by: '' }]]) {
      expect(codeOf(() => requestOf(contacts.batchUpsert, batch))).toBe('REQUEST_INVALID')
    }
    expect(codeOf(() => requestOf(contacts.batchUpsert, Array(100).fill(one)))).toBe('nothing thrown')
  })

  test('create, update, get', () => {
    expect(requestOf(companies.create, { name: 'ACME', domain: 'acme.example' })).toEqual({
      method: 'POST',
      path: '/crm/v3/objects/companies',
      headers: JSON_HEADERS,
      body: '{"properties":{"name":"ACME","domain":"acme.example"}}',
    })
    const update = requestOf(deals.update, { id: '7', stage: 'lost', closedAt: '2026-01-01T00:00:00Z' })
    expect([update.method, update.path, update.body]).toEqual([
      'PATCH',
      '/crm/v3/objects/deals/7',
      '{"properties":{"dealstage":"lost","closedate":"2026-01-01T00:00:00Z"}}',
    ])
    expect(requestOf(contacts.update, { id: 'a/b@x.example', by: 'email' }).path).toBe(
      '/crm/v3/objects/contacts/a%2Fb%40x.example?idProperty=email',
    )
    expect(requestOf(contacts.get, { id: 'a@x.example', by: 'email', properties: ['email', 'phone'] })).toEqual({
      method: 'GET',
      path: '/crm/v3/objects/contacts/a%40x.example?properties=email%2Cphone&idProperty=email',
      headers: HEADERS,
    })
    expect(codeOf(() => requestOf(contacts.get, { id: '..' }))).toBe('REQUEST_INVALID')
  })

  test('search', () => {
    const { path, body } = requestOf(deals.search, {
      filters: [
        { property: 'amount', operator: 'GT', value: '10' },
        { property: 'dealstage', operator: 'IN', values: ['a', 'b'] },
      ],
      sort: { property: 'amount', direction: 'DESCENDING' },
      properties: ['dealname'],
      limit: 50,
      after: '50',
    })
    expect([path, JSON.parse(body ?? '')]).toEqual([
      '/crm/v3/objects/deals/search',
      {
        filterGroups: [
          {
            filters: [
              { propertyName: 'amount', operator: 'GT', value: '10' },
              { propertyName: 'dealstage', operator: 'IN', values: ['a', 'b'] },
            ],
          },
        ],
        properties: ['dealname'],
        sorts: [{ propertyName: 'amount', direction: 'DESCENDING' }],
        limit: 50,
        after: '50',
      },
    ])
    expect(requestOf(deals.search, {}).body).toBe('{"filterGroups":[]}')
  })

  test('associations.put', () => {
    const input = { from: { type: 'deals', id: '1' }, to: { type: 'contacts', id: '2' } }
    expect(requestOf(associations.put, input)).toEqual({
      method: 'PUT',
      path: '/crm/v4/objects/deals/1/associations/default/contacts/2',
      headers: HEADERS,
    })
    expect(answerOf(associations.put, input, {})).toEqual({ status: 200 })
  })

  test('why a repeat is safe', () => {
    const { get, search, create, update, upsert, batchUpsert } = deals
    const rules = [get, search, create, update, upsert, batchUpsert, associations.put].map(
      ({ spec }) => spec.idempotency.by,
    )
    expect(rules).toEqual(['read', 'read', 'none', 'state', 'state', 'state', 'state'])
  })
})

describe('response halves', () => {
  const input = { by: 'payment_id', id: 'pi_1' }

  test('upsert', () => {
    const upsert = (body: unknown, status = 200) => answerOf(deals.upsert, input, body, status)
    expect(upsert({ status: 'COMPLETE', results: [{ id: '9', properties: {}, new: true }] })).toEqual({
      id: '9',
      created: true,
    })
    expect(upsert({ results: [{ id: '9' }] })).toEqual({ id: '9' })
    for (const body of ['', {}, { results: [] }, { results: [{}] }, { results: [7] }]) {
      expect(codeOf(() => upsert(body))).toBe('PROVIDER_ANSWER')
    }
  })

  test.each([
    ['VALIDATION_ERROR', 'PROVIDER_REFUSED'],
    ['CONFLICT', 'PROVIDER_REFUSED'],
    ['RATE_LIMITS', 'PROVIDER_BUSY'],
    ['INTERNAL_ERROR', 'PROVIDER_FAULT'],
    [undefined, 'PROVIDER_FAULT'],
  ])('a 207 whose error is %s is %s', (category, code) => {
    const body = { results: [], numErrors: 1, errors: [{ status: 'error', category, message: 'token=hush' }] }
    expect(codeOf(() => answerOf(deals.upsert, input, body, 207))).toBe(code)
    expect(() => answerOf(deals.upsert, input, body, 207)).not.toThrow(/hush/)
  })

  test('batchUpsert: an outcome for each, in the order of the input', () => {
    const inputs = ['a', 'b', 'c', 'd'].map((id) => ({ by: 'email', id: `${id}@x.example` }))
    const outcomes = answerOf(
      contacts.batchUpsert,
      inputs,
      {
        results: [
          { id: '3', new: false, properties: { email: 'C@x.example' } },
          { id: '1', new: true, objectWriteTraceId: 'k-1-0' },
        ],
        errors: [{ category: 'VALIDATION_ERROR', message: 'bad', context: { objectWriteTraceId: ['k-1-1'] } }],
      },
      207,
    )
    expect(outcomes).toEqual([
      { as: 'done', id: '1', created: true },
      {
        as: 'failed',
        fault: expect.objectContaining({
          code: 'PROVIDER_REFUSED',
          message: '207 VALIDATION_ERROR, "bad"',
          retryable: false,
        }),
      },
      { as: 'done', id: '3', created: false },
      { as: 'failed', fault: expect.objectContaining({ code: 'PROVIDER_FAULT', retryable: true }) },
    ])
    expect(answerOf(contacts.batchUpsert, inputs.slice(0, 1), { results: [{ id: '1' }] })).toEqual([
      { as: 'done', id: '1' },
    ])
  })

  test('records and pages', () => {
    expect(answerOf(contacts.get, { id: '1' }, { id: '1', properties: { email: null } })).toEqual({
      id: '1',
      properties: { email: null },
    })
    expect(answerOf(contacts.create, {}, { id: '1' }, 201)).toEqual({ id: '1', properties: {} })
    expect(codeOf(() => answerOf(contacts.create, {}, {}, 201))).toBe('PROVIDER_ANSWER')
    const page = { total: 9, results: [{ id: '1', properties: {} }], paging: { next: { after: '10' } } }
    expect(answerOf(contacts.search, {}, page)).toEqual({
      total: 9,
      records: [{ id: '1', properties: {} }],
      after: '10',
    })
    expect(answerOf(contacts.search, {}, { total: 0, results: [] })).toEqual({ total: 0, records: [] })
    expect(answerOf(contacts.search, { after: '5' }, page)).toMatchObject({ after: '10' })
    expect(codeOf(() => answerOf(contacts.search, { after: '10' }, page))).toBe('PROVIDER_ANSWER')
  })
})

describe('many upserts in one request', () => {
  const halves = contacts.upsert.spec.batch
  if (halves === undefined) throw new Error('contacts.upsert takes many')
  const items = ['a', 'b', 'c', 'd'].map((name) => ({
    input: { by: 'email', id: `${name}@x.example`, firstName: name },
    idempotencyKey: `key-${name}`,
  }))
  const { connector, name, idempotency } = contacts.upsert.spec
  const many = operation({ connector, name, idempotency, request: halves.request, response: halves.response })
  const outcomes = (body: unknown, status = 207, of = items) => answerOf(many, of, body, status)

  test('the request is that of each alone, with its own trace', () => {
    const { body, ...parts } = halves.request(items.slice(0, 2), contextWith())
    expect(parts).toEqual({ method: 'POST', path: '/crm/v3/objects/contacts/batch/upsert', headers: JSON_HEADERS })
    const alone = items.slice(0, 2).map(({ input, idempotencyKey }) => {
      const one = requestOf(contacts.upsert, input, { idempotencyKey }).body ?? ''
      return (JSON.parse(one) as { readonly inputs: readonly unknown[] }).inputs[0]
    })
    expect(JSON.parse(body ?? '')).toEqual({ inputs: alone })
    expect(alone).toMatchObject([{ objectWriteTraceId: 'key-a-0' }, { objectWriteTraceId: 'key-b-0' }])
  })

  test('100 of one property, none of them twice', () => {
    expect(halves.max).toBe(100)
    expect(halves.group?.({ by: 'email', id: 'a' })).toBe('email')
    expect(halves.key?.({ by: 'email', id: 'A@x.example' })).toBe(halves.key?.({ by: 'email', id: 'a@X.example' }))
    expect(halves.key?.({ by: 'email', id: 'a' })).not.toBe(halves.key?.({ by: 'signup_id', id: 'a' }))
    for (const { upsert } of [companies, deals]) expect(upsert.spec.batch?.max).toBe(100)
  })

  test('outcomes by trace, by value, by the ids of an error; what is not mentioned may be tried again', () => {
    const refused = { category: 'VALIDATION_ERROR', message: 'bad' }
    expect(
      outcomes({
        status: 'COMPLETE',
        results: [
          { id: '3', new: false, properties: { email: 'C@x.example' } },
          { id: '1', new: true, objectWriteTraceId: 'key-a-0' },
        ],
        numErrors: 1,
        errors: [{ ...refused, status: 'error', context: { ids: ['B@x.example'] } }],
      }),
    ).toMatchObject([
      { as: 'done', value: { id: '1', created: true } },
      { as: 'failed', error: { code: 'PROVIDER_REFUSED', message: '207 VALIDATION_ERROR, "bad"' } },
      { as: 'done', value: { id: '3', created: false } },
      { as: 'failed', error: { code: 'PROVIDER_FAULT' } },
    ])
    const traced = { ...refused, context: { objectWriteTraceId: ['key-d-0', 'key-b-0'] } }
    expect(outcomes({ results: [], errors: [traced] }).map(({ as }) => as)).toEqual(Array(4).fill('failed'))
    expect(outcomes({ results: [], errors: [traced] })).toMatchObject([
      { error: { code: 'PROVIDER_FAULT' } },
      { error: { code: 'PROVIDER_REFUSED' } },
      { error: { code: 'PROVIDER_FAULT' } },
      { error: { code: 'PROVIDER_REFUSED' } },
    ])
  })

  test('of one item the only part of the answer is its own', () => {
    const one = items.slice(0, 1)
    expect(outcomes({ results: [{ id: '1' }] }, 200, one)).toEqual([{ as: 'done', value: { id: '1' } }])
    expect(outcomes({ results: [], errors: [{ category: 'CONFLICT' }] }, 207, one)).toMatchObject([
      { as: 'failed', error: { code: 'PROVIDER_REFUSED' } },
    ])
  })

  test('another shape is no answer', () => {
    for (const body of ['', {}, { results: {} }, { results: [7] }, { results: [{ objectWriteTraceId: 'key-a-0' }] }])
      expect(codeOf(() => outcomes(body))).toBe('PROVIDER_ANSWER')
  })
})

test.each([
  [400, { category: 'VALIDATION_ERROR' }, 'PROVIDER_REFUSED', undefined],
  [401, { category: 'EXPIRED_AUTHENTICATION' }, 'CREDENTIAL_REFUSED', undefined],
  [403, { category: 'MISSING_SCOPES' }, 'CREDENTIAL_REFUSED', undefined],
  [404, {}, 'PROVIDER_REFUSED', undefined],
  [409, { category: 'CONFLICT' }, 'PROVIDER_REFUSED', undefined],
  [414, {}, 'PROVIDER_REFUSED', undefined],
  [408, {}, 'PROVIDER_FAULT', undefined],
  [418, {}, 'PROVIDER_REFUSED', undefined],
  [421, {}, 'PROVIDER_FAULT', undefined],
  [425, {}, 'PROVIDER_FAULT', undefined],
  [423, {}, 'PROVIDER_FAULT', 2_000],
  [429, { policyName: 'DAILY' }, 'PROVIDER_BUSY', 3_600_000],
  [429, { policyName: 'TEN_SECONDLY_ROLLING', errorType: 'RATE_LIMIT' }, 'PROVIDER_BUSY', 10_000],
  [429, { policyName: 'SECONDLY' }, 'PROVIDER_BUSY', 1_000],
  [429, {}, 'PROVIDER_BUSY', 10_000],
  [477, {}, 'PROVIDER_BUSY', 3_600_000],
  [500, {}, 'PROVIDER_FAULT', undefined],
  [502, {}, 'PROVIDER_FAULT', 3_000],
  [503, {}, 'PROVIDER_BUSY', 3_000],
  [504, {}, 'PROVIDER_FAULT', 3_000],
  [521, {}, 'PROVIDER_FAULT', 3_000],
  [522, {}, 'PROVIDER_FAULT', undefined],
  [523, {}, 'PROVIDER_FAULT', 3_000],
  [524, {}, 'PROVIDER_FAULT', 3_000],
])('%i %j is %s after %s ms', (status, more, code, afterMs) => {
  const body = Buffer.from(JSON.stringify({ status: 'error', message: 'No.', ...more }))
  const error = classify({ status, headers: {}, body }, HUBSPOT_FAULTS, 0)
  expect([error.code, error.retryAfterMs]).toEqual([code, afterMs])
  if (error.disposition === 'retry') {
    expect(classify({ status, headers: { 'retry-after': '7' }, body }, HUBSPOT_FAULTS, 0).retryAfterMs).toBe(7_000)
  }
})

describe('events', () => {
  const { read, envelope } = crm.endpoint
  const change = {
    eventId: 100,
    subscriptionId: 25,
    portalId: 33,
    occurredAt: 1_700_000_000_123,
    subscriptionType: 'contact.propertyChange',
    objectId: 123,
    propertyName: 'phone',
    propertyValue: '1',
  }

  test('each element is an event with an id and bytes of its own', () => {
    const [first, second] = read({ headers: {}, body: [change, { ...change, eventId: 101 }] })
    expect(first).toMatchObject({
      id: '100-25-1700000000123',
      type: 'contact.propertyChange',
      attributes: { time: '2023-11-14T22:13:20.123Z', subject: '123' },
      data: change,
    })
    expect(Buffer.from(first?.raw ?? []).toString()).toBe(JSON.stringify(change))
    expect(second?.id).toBe('101-25-1700000000123')
    expect(read({ headers: {}, body: [] })).toEqual([])
  })

  test.each([[change], ['x'], [[1]], [[{ ...change, eventId: undefined }]], [[{ ...change, subscriptionType: '' }]]])(
    '%j is malformed',
    (body) => {
      expect(codeOf(() => read({ headers: {}, body }))).toBe('BODY_MALFORMED')
    },
  )

  test('the envelope, the address that is signed, the types', () => {
    expect(envelope?.check(change).ok).toBe(true)
    expect(envelope?.check({ ...change, portalId: '33' }).ok).toBe(false)
    expect(crm.endpoint).toMatchObject({
      name: 'hubspot',
      scheme: 'hubspot-v3',
      publicUrl: 'https://hooks.example.com',
    })
    expect(crm.on('contact.propertyChange').type).toBe('contact.propertyChange')
    // @ts-expect-error the provider sends no such event
    crm.on('nope')
    // @ts-expect-error a token is needed to call
    expect(hubspot({ webhookSecret: secret('HOOK') }).deals).toBeUndefined()
    // @ts-expect-error a deal has no such field; others go into `properties`
    deals.upsert.spec.request({ by: 'x', id: '1', dealname: 'x' }, contextWith())
  })
})
