import { expect, it } from 'vitest'
import { crm } from '../crm/crm.ts'
import { idSource, seededRandom } from '../seeded-random.ts'
import { behind, type OAuthOptions, oauth } from './oauth.ts'

const CLIENTS = [
  { id: 'shop', secret: 's3cret', refreshTokens: ['first'] },
  { id: 'open', refreshTokens: ['theirs'] },
]

interface Body {
  readonly access_token?: string
  readonly refresh_token?: string
}

function endpoint(options: Partial<OAuthOptions> = {}) {
  const server = oauth({ clients: CLIENTS, ...options })
  const nextId = idSource(seededRandom(1))
  const clock = { nowMs: 1_700_000_000_000 }
  const post = (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = new TextEncoder().encode(new URLSearchParams(form).toString())
    const request = { method: 'POST', path: '/oauth2/token', query: '', headers, body }
    const answer = server.handle(request, { nowMs: clock.nowMs, nextId })
    return { status: answer.status, headers: answer.headers, ...(JSON.parse(answer.body) as Body) }
  }
  const shop = { client_id: 'shop', client_secret: 's3cret' }
  const refresh = (token: unknown) => post({ ...shop, grant_type: 'refresh_token', refresh_token: String(token) })
  const accepts = (token: unknown): boolean => server.accepts(`Bearer ${String(token)}`, clock.nowMs)
  return { server, clock, post, shop, refresh, accepts, nextId }
}

it('a token is good for its life', () => {
  const { post, shop, accepts, clock } = endpoint({ lifeS: 60 })
  const answer = post({ ...shop, grant_type: 'client_credentials', scope: 'a' })
  expect(answer).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 60, scope: 'a' })
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' })
  expect(answer).not.toHaveProperty('refresh_token')
  expect([accepts(answer.access_token), accepts('another')]).toEqual([true, false])
  clock.nowMs += 60_000
  expect(accepts(answer.access_token)).toBe(false)
})

it('a refresh token is good once; its second use revokes all that came of the grant', () => {
  const { refresh, accepts, server } = endpoint()
  const one = refresh('first')
  const two = refresh(one.refresh_token)
  expect(two.refresh_token).not.toBe(one.refresh_token)
  expect(accepts(two.access_token)).toBe(true)
  expect(refresh('first')).toMatchObject({ status: 400, error: 'invalid_grant' })
  expect(refresh(two.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' })
  expect([accepts(one.access_token), accepts(two.access_token)]).toEqual([false, false])
  expect(server.ledger().effects.map(({ kind }) => kind)).toEqual(['issued', 'issued', 'revoked', 'refused', 'refused'])
})

it('a grace period, a server that does not rotate, an operator who revokes', () => {
  const grace = endpoint({ graceMs: 1_000 })
  grace.refresh('first')
  expect(grace.refresh('first').status).toBe(200)
  grace.clock.nowMs += 1_000
  expect(grace.refresh('first').status).toBe(400)
  const still = endpoint({ rotate: false })
  expect(still.refresh('first').refresh_token).toBe('first')
  expect(still.refresh('first').status).toBe(200)
  expect(still.server.revoke()).toBe(2)
  expect(still.refresh('first')).toMatchObject({ status: 400, error: 'invalid_grant' })
})

const BASIC = (text: string) => ({ authorization: `Basic ${btoa(text)}` })
it.each<[number, string | undefined, Record<string, string>, Record<string, string>]>([
  [200, undefined, { grant_type: 'client_credentials' }, BASIC('shop:s3cret')],
  [401, 'invalid_client', { grant_type: 'client_credentials' }, BASIC('shop:wrong')],
  [401, 'invalid_client', { grant_type: 'client_credentials' }, {}],
  [401, 'invalid_client', { grant_type: 'client_credentials', client_id: 'shop' }, {}],
  [401, 'invalid_client', { grant_type: 'client_credentials' }, { authorization: 'Basic' }],
  [400, 'unauthorized_client', { grant_type: 'client_credentials', client_id: 'open' }, {}],
  [400, 'invalid_request', { grant_type: 'client_credentials', client_secret: 's3cret' }, BASIC('shop:s3cret')],
  [400, 'unsupported_grant_type', { grant_type: 'password' }, BASIC('shop:s3cret')],
  [400, 'invalid_grant', { grant_type: 'refresh_token', refresh_token: 'theirs' }, BASIC('shop:s3cret')],
  [200, undefined, { grant_type: 'refresh_token', refresh_token: 'theirs', client_id: 'open' }, {}],
  [400, 'invalid_request', { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' }, {}],
])('%i %s: %j', (status, error, form, headers) => {
  expect(endpoint().post(form, headers)).toMatchObject(error === undefined ? { status } : { status, error })
})

it('another provider behind it answers 401 without a good token', () => {
  const { server, post, shop, clock, nextId } = endpoint({ lifeS: 60 })
  const api = behind(server, crm())
  const token = String(post({ ...shop, grant_type: 'client_credentials' }).access_token)
  const get = (authorization: string) =>
    api.handle(
      { method: 'GET', path: '/crm/v3/objects/deals', query: '', headers: { authorization }, body: new Uint8Array() },
      { nowMs: clock.nowMs, nextId },
    ).status
  expect([get(`Bearer ${token}`), get('Bearer x'), get(token)]).toEqual([200, 401, 401])
  clock.nowMs += 60_000
  expect(get(`Bearer ${token}`)).toBe(401)
})
