import { expect, test } from 'vitest'
import { secret } from '../secret/secret.ts'
import { secretsOf } from './credential.ts'
import { type ClientCredentialsOptions, clientCredentials, jwtBearer, refreshToken } from './words.ts'

const URL = 'https://id.example.com/token'
const PLAIN: ClientCredentialsOptions = { tokenUrl: URL, clientId: 'c', clientSecret: secret('S') }

test('credentials are frozen data that names secrets', () => {
  const credential = clientCredentials({ ...PLAIN, clientId: secret('ID'), scope: 'a b', audience: 'api' })
  expect(JSON.parse(JSON.stringify(credential))).toEqual({
    kind: 'oauth2 client credentials',
    tokenUrl: URL,
    clientId: { kind: 'secret', secret: 'ID' },
    client: { by: 'client_secret_basic', secret: { kind: 'secret', secret: 'S' } },
    scope: 'a b',
    audience: 'api',
    lifetimeMs: 900_000,
  })
  expect(Object.isFrozen(credential) && Object.isFrozen(credential.client)).toBe(true)
  expect(secretsOf(credential)).toEqual(['ID', 'S'])
})

test('what is needed is named: the key for refresh tokens, too', () => {
  const first = secret('FIRST')
  expect(secretsOf(refreshToken({ tokenUrl: URL, clientId: 'c', refreshToken: first }))).toEqual([
    'FIRST',
    'TIELINE_TOKEN_KEY',
  ])
  const signed = clientCredentials({ tokenUrl: URL, clientId: 'c', privateKey: secret('PEM'), keyId: 'k1' })
  expect(signed.client).toEqual({
    by: 'private_key_jwt',
    key: { secret: secret('PEM'), algorithm: 'PS256', keyId: 'k1', audience: URL },
  })
  expect(secretsOf(signed)).toEqual(['PEM'])
  expect(secretsOf(jwtBearer({ tokenUrl: URL, clientId: 'c', privateKey: secret('PEM'), subject: 'u' }))).toEqual([
    'PEM',
  ])
})

test.each<[string, () => unknown]>([
  ['tokenUrl', () => clientCredentials({ ...PLAIN, tokenUrl: 'http://id.example.com/token' })],
  ['tokenUrl', () => clientCredentials({ ...PLAIN, tokenUrl: '/token' })],
  ['tokenUrl', () => clientCredentials({ ...PLAIN, tokenUrl: 'https://user:hush@id.example.com/token' })],
  ['clientId', () => clientCredentials({ ...PLAIN, clientId: '' })],
  ['scope', () => clientCredentials({ ...PLAIN, scope: ' ' })],
  ['lifetime', () => clientCredentials({ ...PLAIN, lifetime: '10ms' })],
  ['credential name', () => clientCredentials({ ...PLAIN, name: 'No Name' })],
  ['subject', () => jwtBearer({ tokenUrl: URL, clientId: 'c', privateKey: secret('K'), subject: '' })],
  ['clientSecret', () => clientCredentials({ tokenUrl: URL, clientId: 'c' } as unknown as ClientCredentialsOptions)],
  ['not both', () => clientCredentials({ ...PLAIN, privateKey: secret('K') } as unknown as ClientCredentialsOptions)],
])('%s is said', (field, declare) => {
  expect(declare).toThrow(
    expect.objectContaining({ code: 'DECLARATION_INVALID', message: expect.stringContaining(field) }),
  )
  expect(declare).not.toThrow(expect.objectContaining({ message: expect.stringContaining('hush') }))
})

test('http: is good for the machine itself', () => {
  for (const host of ['localhost:1', '127.0.0.1:1', '[::1]:1']) {
    expect(clientCredentials({ ...PLAIN, tokenUrl: `http://${host}/token` }).tokenUrl).toContain(host)
  }
})
