import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/adapter/clock/system.ts'
import { type HttpClient, httpClient } from '../../src/adapter/http/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { createTokens } from '../../src/adapter/token/index.ts'
import type { Credential } from '../../src/declare/credential/credential.ts'
import { clientCredentials, jwtBearer, refreshToken } from '../../src/declare/credential/words.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { type OAuth, type OAuthOptions, oauth } from '../../src/sandbox/oauth/oauth.ts'
import { serveOAuth } from '../../src/sandbox/oauth/serve-oauth.ts'
import type { ProviderServer } from '../../src/sandbox/server/serve-provider.ts'
import { connectorOf, KEYS } from './world.ts'

const PEM = { type: 'pkcs8', format: 'pem' } as const
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicPem = (key: typeof rsa.publicKey): string => String(key.export({ type: 'spki', format: 'pem' }))
const ENV: Record<string, string> = {
  PLAIN: 'a:b+c %ü&=/',
  RSA: String(rsa.privateKey.export(PEM)),
  RSA_OLD: String(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })).replaceAll('\n', '\\n'),
  EC: String(ec.privateKey.export(PEM)),
  FIRST: 'first-hush',
  TIELINE_TOKEN_KEY: KEYS[0],
}
const CLIENTS: OAuthOptions['clients'] = [
  { id: 'plain id+', secret: ENV['PLAIN'] as string },
  { id: 'rsa', publicKey: publicPem(rsa.publicKey), keyId: 'cert-1' },
  { id: 'ec', publicKey: publicPem(ec.publicKey) },
  { id: 'public', refreshTokens: ['first-hush'] },
]

let model: OAuth
let server: ProviderServer
let client: HttpClient
beforeAll(async () => {
  model = oauth({ clients: CLIENTS })
  server = await serveOAuth(model)
  client = httpClient()
})
afterAll(async () => {
  await server.close()
  await client[Symbol.asyncDispose]()
})

const tokens = () =>
  createTokens({
    name: 'w1',
    clock: systemClock,
    random: () => 0.5,
    http: client,
    secrets: { read: (name) => (ENV[name] === undefined ? [] : [ENV[name]]) },
    log: () => {},
    store: memory(),
  })
const connector = (credential: Credential) => ({ ...connectorOf(credential), allow: ['127.0.0.1'] })

it.each<[string, (tokenUrl: string) => Credential]>([
  ['basic', (tokenUrl) => clientCredentials({ tokenUrl, clientId: 'plain id+', clientSecret: secret('PLAIN') })],
  [
    'post',
    (tokenUrl) =>
      clientCredentials({
        tokenUrl,
        clientId: 'plain id+',
        clientSecret: secret('PLAIN'),
        clientAuthentication: 'client_secret_post',
      }),
  ],
  ['PS256', (tokenUrl) => clientCredentials({ tokenUrl, clientId: 'rsa', privateKey: secret('RSA'), keyId: 'cert-1' })],
  [
    'RS512, PKCS #1 on one line',
    (tokenUrl) =>
      clientCredentials({
        tokenUrl,
        clientId: 'rsa',
        privateKey: secret('RSA_OLD'),
        algorithm: 'RS512',
        keyId: 'cert-1',
      }),
  ],
  [
    'ES256',
    (tokenUrl) =>
      clientCredentials({ tokenUrl, clientId: 'ec', privateKey: secret('EC'), algorithm: 'ES256', scope: 'a b' }),
  ],
  [
    'JWT bearer',
    (tokenUrl) =>
      jwtBearer({ tokenUrl, clientId: 'rsa', privateKey: secret('RSA'), keyId: 'cert-1', subject: 'ann@a.example' }),
  ],
  ['a public client', (tokenUrl) => refreshToken({ tokenUrl, clientId: 'public', refreshToken: secret('FIRST') })],
])('%s', async (_, declare) => {
  const token = await tokens().get(connector(declare(`${server.url}/oauth2/token`)))
  expect(model.accepts(`Bearer ${token}`, Date.now())).toBe(true)
})

it('what NetSuite wants of a statement is in it', async () => {
  const bodies: URLSearchParams[] = []
  const credential = clientCredentials({
    tokenUrl: 'https://1.suitetalk.example.com/token',
    clientId: 'rsa',
    privateKey: secret('RSA'),
    keyId: 'cert-1',
    scope: 'restlets rest_webservices',
  })
  const body = new TextEncoder().encode('{"access_token":"a","token_type":"bearer","expires_in":"3600"}')
  const one = createTokens({
    name: 'w1',
    clock: { ...systemClock, now: () => 1_700_000_000_500 },
    random: () => 0.5,
    http: {
      request: async (request) => {
        bodies.push(new URLSearchParams(String(request.body)))
        return { status: 200, headers: {}, body }
      },
    },
    secrets: { read: (name) => [ENV[name] ?? ''] },
    log: () => {},
    store: memory(),
  })
  expect(await one.get(connector(credential))).toBe('a')
  const [header, claims] = (bodies[0]?.get('client_assertion') ?? '')
    .split('.')
    .slice(0, 2)
    .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString()))
  expect(header).toEqual({ alg: 'PS256', typ: 'JWT', kid: 'cert-1' })
  expect(claims).toMatchObject({
    iss: 'rsa',
    aud: credential.tokenUrl,
    scope: ['restlets', 'rest_webservices'],
    iat: 1_700_000_000,
    exp: 1_700_000_060,
  })
})

it('a private key that is none, or of another kind, is said without being told, and nothing is sent', async () => {
  const before = server.requests()
  for (const [name, algorithm] of [
    ['FIRST', 'PS256'],
    ['EC', 'PS256'],
    ['RSA', 'ES256'],
  ] as const) {
    const tokenUrl = `${server.url}/oauth2/token`
    const credential = clientCredentials({ tokenUrl, clientId: 'rsa', privateKey: secret(name), algorithm })
    const error = await tokens()
      .get(connector(credential))
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', disposition: 'retry' })
    expect((error as Error).message).toContain(`secret ${name}`)
    expect((error as Error).message).not.toContain('hush')
    expect((error as Error).cause).toBeUndefined()
  }
  expect(server.requests()).toBe(before)
})

it('faults around the server are failures of the token endpoint, and end', async () => {
  const tokenUrl = `${server.url}/oauth2/token`
  const target = connector(clientCredentials({ tokenUrl, clientId: 'plain id+', clientSecret: secret('PLAIN') }))
  for (const [kind, code] of [
    ['error-before-effect', 'PROVIDER_BUSY'],
    ['rate-limited', 'PROVIDER_BUSY'],
    ['cut-after-effect', 'HTTP_BROKEN'],
    ['expired-token', 'CREDENTIAL_REFUSED'],
  ] as const) {
    server.faults.replace([{ kind, next: 1, forMs: 0 }])
    await expect(tokens().get(target)).rejects.toMatchObject({ code })
  }
  server.faults.replace([])
  expect(await tokens().get(target)).toMatch(/^at_/)
})

it('a private address is refused unless the connector allows it', async () => {
  const tokenUrl = `${server.url}/oauth2/token`
  const credential = clientCredentials({ tokenUrl, clientId: 'plain id+', clientSecret: secret('PLAIN') })
  await expect(tokens().get(connectorOf(credential))).rejects.toMatchObject({
    code: 'ADDRESS_REFUSED',
    disposition: 'retry',
  })
})
