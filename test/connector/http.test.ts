import { describe, expect, expectTypeOf, test } from 'vitest'
import { basic, bearer, type Done, header, http, path } from '../../src/adapter/connector/http/index.ts'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { salesforce } from '../../src/adapter/connector/salesforce/index.ts'
import { shopifyQuota } from '../../src/adapter/connector/shopify/index.ts'
import { stripe } from '../../src/adapter/connector/stripe/index.ts'
import { timeout } from '../../src/declare/policy/policy.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { type Operation, operation, type ResponseParts } from '../../src/declare/target/operation.ts'
import { answerOf, codeOf, requestOf } from './halves.ts'

const hubspotUpsert = hubspot({ token: secret('TOKEN') }).deals.upsert
const sink = http('sink', { baseUrl: 'https://sink.example.com/api/' })

interface Order {
  readonly id: string
  readonly total: number
}

describe('the request half', () => {
  test('POST: the input as JSON, the key, the attempt', () => {
    expect(requestOf(sink.post<Order>('/orders', { name: 'orders.create' }), { id: 'a', total: 1 })).toEqual({
      method: 'POST',
      path: '/orders',
      headers: {
        accept: 'application/json',
        'user-agent': 'tieline',
        'content-type': 'application/json',
        'idempotency-key': 'k-1',
        'tieline-attempt': '2',
      },
      body: '{"id":"a","total":1}',
    })
  })

  test('path, query, headers and body of the input', () => {
    const update = sink.patch(({ id }: Order) => path`/orders/${id}/lines`, {
      name: 'orders.update',
      query: ({ total }) => ({ total, tag: ['a', 'b c'], no: undefined, dry: true }),
      headers: ({ id }) => ({ 'x-order': id }),
      body: ({ total }) => ({ total }),
    })
    const { path: place, body, headers } = requestOf(update, { id: 'a/../b ü', total: 2 })
    expect(place).toBe('/orders/a%2F..%2Fb%20%C3%BC/lines?total=2&tag=a&tag=b+c&dry=true')
    expect([body, headers?.['x-order']]).toEqual(['{"total":2}', 'a/../b ü'])
  })

  test.each(['', '.', '..', '\ud800'])('%j is no part of a path', (id) => {
    const get = sink.get(({ id }: { id: string }) => path`/orders/${id}`, { name: 'get' })
    expect(codeOf(() => requestOf(get, { id }))).toBe('REQUEST_INVALID')
  })

  test('GET and DELETE have no body and no key', () => {
    const { body, headers } = requestOf(sink.get('/orders', { name: 'orders.list' }), 'ignored')
    expect([body, headers?.['idempotency-key'], headers?.['content-type']]).toEqual([undefined, undefined, undefined])
    expect(requestOf(sink.delete('/orders', { name: 'orders.clear' }), 'ignored').body).toBeUndefined()
  })

  test('the key quoted, in another header, or not at all', () => {
    const quoted = sink.post('/x', { name: 'x', key: 'quoted' })
    expect(requestOf(quoted, {}).headers?.['idempotency-key']).toBe('"k-1"')
    const other = sink.post('/x', { name: 'x', idempotency: { by: 'header', name: 'PayPal-Request-Id' } })
    expect(requestOf(other, {}).headers?.['paypal-request-id']).toBe('k-1')
    const none = sink.post('/x', { name: 'x', idempotency: { by: 'none', why: 'a ping' } })
    expect(Object.keys(requestOf(none, {}).headers ?? {})).not.toContain('idempotency-key')
  })

  test.each([
    ['bearer', bearer(secret('KEY')), 'authorization', 'Bearer sk_test_new'],
    ['header', header('X-Api-Key', secret('KEY')), 'x-api-key', 'sk_test_new'],
    ['basic', basic('me', secret('KEY')), 'authorization', `Basic ${btoa('me:sk_test_new')}`],
  ])('auth by %s: the newest value', (_, auth, name, value) => {
    const api = http('api', { baseUrl: 'https://api.example.com', auth })
    expect(api.connector.secrets).toEqual(['KEY'])
    expect(requestOf(api.post('/x', { name: 'x' }), {}).headers?.[name]).toBe(value)
  })

  test('a secret that is not set', () => {
    const api = http('api', { baseUrl: 'https://api.example.com', auth: bearer(secret('NOT_SET')) })
    expect(codeOf(() => requestOf(api.post('/x', { name: 'x' }), {}))).toBe('SECRET_MISSING')
  })

  test.each([[undefined], [() => 1], [10n]])('%s has no JSON form', (input) => {
    expect(codeOf(() => requestOf(sink.post('/x', { name: 'x' }), input))).toBe('REQUEST_INVALID')
  })
})

describe('the response half', () => {
  test('a status, unless more is asked for', () => {
    expect(answerOf(sink.post('/x', { name: 'x' }), {}, 'not JSON', 202)).toEqual({ status: 202 })
    const decoded = sink.post('/x', { name: 'x', response: (response) => (response.json() as Order).total })
    expect(answerOf(decoded, {}, { id: 'a', total: 3 })).toBe(3)
    expectTypeOf(decoded).toEqualTypeOf<Operation<unknown, number>>()
  })

  test('GET: the parsed answer', () => {
    const get = sink.get('/x', { name: 'x' })
    expect(answerOf(get, {}, [1])).toEqual([1])
    expect(answerOf(get, {}, '', 204)).toBeUndefined()
    expect(codeOf(() => answerOf(get, {}, '<html>'))).toBe('PROVIDER_ANSWER')
  })
})

describe('the declaration', () => {
  test('has its address without a slash, its defaults, its idempotency rules', () => {
    const { connector } = sink
    expect(connector).toMatchObject({
      kind: 'connector',
      name: 'sink',
      baseUrl: 'https://sink.example.com/api',
      allow: [],
      secrets: [],
    })
    expect(connector.policy).toEqual(timeout('30s'))
    const { get, post, put, patch, delete: remove } = sink
    const all = [get('/x', { name: 'x' }), ...[post, put, patch, remove].map((declare) => declare('/x', { name: 'x' }))]
    const rules = all.map(({ spec }) => spec.idempotency.by)
    expect(rules).toEqual(['read', 'header', 'state', 'header', 'state'])
  })

  test('an operation with limits of its own', () => {
    const { spec } = sink.post('/x', { name: 'x', timeout: '5s', maxResponseBytes: 10 })
    expect([spec.connector.policy, spec.connector.maxResponseBytes]).toEqual([timeout('5s'), 10])
    expect(spec.connector.name).toBe('sink')
  })

  test('what says that the effect is there already', () => {
    const gone = ({ status }: ResponseParts): boolean => status === 404
    expect(sink.delete('/x', { name: 'x', repeated: gone }).spec.repeated).toBe(gone)
    expect('repeated' in sink.delete('/x', { name: 'x' }).spec).toBe(false)
    const { batch: _, ...single } = hubspotUpsert.spec
    expect(operation({ ...single, repeated: gone }).spec.repeated).toBe(gone)
    expect(() => operation({ ...hubspotUpsert.spec, repeated: gone })).toThrow(/batch: `repeated` is for/)
  })

  test('a quota of its own, for all its operations', () => {
    const shop = http('shop', { baseUrl: 'https://shop.example.com', quota: shopifyQuota })
    expect(shop.connector.quota).toBe(shopifyQuota)
    expect(shop.get('/x', { name: 'x', timeout: '5s' }).spec.connector.quota).toBe(shopifyQuota)
    expect('quota' in sink.connector).toBe(false)
    const none = () => undefined
    expect(stripe({ apiKey: secret('KEY'), quota: none }).connector.quota).toBe(none)
    expect(hubspot({ token: secret('TOKEN'), quota: none }).connector.quota).toBe(none)
    const instanceUrl = 'https://example.my.salesforce.com'
    expect(salesforce({ instanceUrl, token: secret('TOKEN'), quota: none }).connector.quota).toBe(none)
  })

  test.each([
    ['baseUrl', { baseUrl: 'sink.example.com' }],
    ['baseUrl', { baseUrl: 'ftp://sink.example.com' }],
    ['baseUrl', { baseUrl: 'https://me:hush@sink.example.com' }],
    ['baseUrl', { baseUrl: 'https://sink.example.com/?a=hush' }],
    ['proxy', { baseUrl: 'https://a.example', proxy: 'proxy:3128' }],
    ['allow', { baseUrl: 'https://a.example', allow: ['http://crm.internal'] }],
    ['allow', { baseUrl: 'https://a.example', allow: ['crm.internal/x'] }],
    ['maxResponseBytes', { baseUrl: 'https://a.example', maxResponseBytes: 0 }],
  ])('%s %j is refused by name', (field, options) => {
    expect(() => http('bad', options)).toThrow(new RegExp(`^connector bad: ${field}`))
    expect(() => http('bad', options)).not.toThrow(/hush/)
  })

  test('names and paths', () => {
    expect(codeOf(() => http('Bad Name', { baseUrl: 'https://a.example' }))).toBe('DECLARATION_INVALID')
    expect(codeOf(() => sink.post('x', { name: 'x' }))).toBe('DECLARATION_INVALID')
    expect(codeOf(() => header('bad name', secret('KEY')))).toBe('DECLARATION_INVALID')
    expect(codeOf(() => basic('a:b', secret('KEY')))).toBe('DECLARATION_INVALID')
    expect(
      codeOf(() =>
        requestOf(
          sink.get(() => 'x', { name: 'x' }),
          {},
        ),
      ),
    ).toBe('REQUEST_INVALID')
  })

  test('types', () => {
    expectTypeOf(sink.post('/x', { name: 'x' })).toEqualTypeOf<Operation<unknown, Done>>()
    expectTypeOf(sink.put(({ id }: Order) => path`/x/${id}`, { name: 'x' })).toEqualTypeOf<Operation<Order, Done>>()
    // @ts-expect-error an operation has a name
    sink.post('/x', {})
    // @ts-expect-error the input of the path has no such field
    sink.get((input: Order) => path`/x/${input.nope}`, { name: 'x' })
  })
})
