import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { bearerToken, header, http, queryKey, signed } from '../../src/adapter/connector/http/index.ts'
import { type HubspotCalling, hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { clientCredentials } from '../../src/declare/credential/words.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { Operation, RequestContext } from '../../src/declare/target/operation.ts'

const context = (more: Partial<RequestContext> = {}): RequestContext => ({
  idempotencyKey: 'k',
  attempt: 1,
  nowMs: 1_700_000_000_999,
  secret: (name) => [`${name}-newest`, `${name}-older`],
  ...more,
})
const request = (operation: Operation<never, unknown>, more?: Partial<RequestContext>) =>
  operation.spec.request({ n: 1 } as never, context(more))
const BASE = 'https://api.example.com'

it('a credential is enough: its token is sent, its secrets are the connector’s', () => {
  const credential = clientCredentials({
    tokenUrl: 'https://id.example.com/token',
    clientId: secret('ID'),
    clientSecret: secret('SECRET'),
  })
  const { get, connector } = http('crm', { baseUrl: BASE, credential })
  expect(connector).toMatchObject({ credential, secrets: ['ID', 'SECRET'] })
  const operation = get('/deals', { name: 'deals' })
  expect(request(operation, { token: 'at_1' }).headers).toMatchObject({ authorization: 'Bearer at_1' })
  expect(() => request(operation)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})

it('HubSpot takes a credential in place of its token', () => {
  const credential = clientCredentials({ tokenUrl: `${BASE}/token`, clientId: 'c', clientSecret: secret('SECRET') })
  const { connector, deals } = hubspot({ credential })
  expect(connector.secrets).toEqual(['SECRET'])
  const { headers } = deals.get.spec.request({ id: '1' }, context({ token: 'at_1' }))
  expect(headers).toMatchObject({ authorization: 'Bearer at_1' })
  expect(() => hubspot({ credential, token: secret('T') } as unknown as HubspotCalling)).toThrow(
    expect.objectContaining({ code: 'DECLARATION_INVALID' }),
  )
})

it('a credential beside another proof', () => {
  const credential = clientCredentials({ tokenUrl: `${BASE}/token`, clientId: 'c', clientSecret: secret('SECRET') })
  const { get, connector } = http('crm', { baseUrl: BASE, credential, auth: header('X-Key', secret('KEY')) })
  expect(connector.secrets).toEqual(['KEY', 'SECRET'])
  expect(request(get('/', { name: 'a' })).headers).toMatchObject({ 'x-key': 'KEY-newest' })
  expect(bearerToken.secrets).toEqual([])
})

it('a key in the query joins what is there', () => {
  const { get } = http('maps', { baseUrl: BASE, auth: queryKey('api key', secret('A&B')) })
  expect(request(get('/find', { name: 'find' })).path).toBe('/find?api%20key=A%26B-newest')
  expect(request(get('/find', { name: 'find', query: () => ({ q: 'x' }) })).path).toBe(
    '/find?q=x&api%20key=A%26B-newest',
  )
  expect(() => queryKey('', secret('A'))).toThrow(expect.objectContaining({ code: 'DECLARATION_INVALID' }))
})

it('a request is signed when it is whole', () => {
  const auth = signed({
    secret: secret('BANK'),
    header: 'X-Signature',
    over: ({ method, path, timestamp, body }) => [method, path, String(timestamp), body],
    headers: ({ timestamp }) => ({ 'x-timestamp': String(timestamp) }),
  })
  const { post } = http('bank', { baseUrl: BASE, auth })
  const parts = request(post('/pay', { name: 'pay', query: () => ({ a: 1 }) }))
  const text = 'POST\n/pay?a=1\n1700000000\n{"n":1}'
  expect(parts.headers).toMatchObject({
    'x-timestamp': '1700000000',
    'x-signature': createHmac('sha256', 'BANK-newest').update(text).digest('hex'),
  })
})

it('algorithm, encoding, a body digest in place of the body, and the shape of the header are the provider’s', () => {
  const auth = signed({
    secret: secret('BANK'),
    header: 'authorization',
    algorithm: 'sha512',
    encoding: 'base64',
    over: ({ bodyHash }) => `digest:${bodyHash}`,
    value: (signature, { timestamp }) => `HMAC ${timestamp}:${signature}`,
  })
  const { get } = http('bank', { baseUrl: BASE, auth })
  const empty = 'z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=='
  const signature = createHmac('sha512', 'BANK-newest').update(`digest:${empty}`).digest('base64')
  expect(request(get('/', { name: 'a' })).headers?.['authorization']).toBe(`HMAC 1700000000:${signature}`)
  expect(() => signed({ secret: secret('S'), header: 'a b', over: () => '' })).toThrow(
    expect.objectContaining({ code: 'DECLARATION_INVALID' }),
  )
})
