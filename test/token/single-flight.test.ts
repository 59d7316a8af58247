import { expect, it } from 'vitest'
import { systemClock } from '../../src/adapter/clock/system.ts'
import { http } from '../../src/adapter/connector/http/index.ts'
import { httpClient } from '../../src/adapter/http/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { createTokens } from '../../src/adapter/token/index.ts'
import { clientCredentials, refreshToken } from '../../src/declare/credential/words.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { oauth } from '../../src/sandbox/oauth/oauth.ts'
import { serveOAuth } from '../../src/sandbox/oauth/serve-oauth.ts'
import { connectorOf, KEYS, TOKEN_URL, world } from './world.ts'

const CLIENTS = [{ id: 'tieline', secret: 'client-hush', refreshTokens: ['first-hush'] }]
const SECRETS = { ID: 'tieline', SECRET: 'client-hush', FIRST: 'first-hush' }
const ENV = () => ({ ...SECRETS, TIELINE_TOKEN_KEY: KEYS[0] })
const OWN = connectorOf(
  clientCredentials({ tokenUrl: TOKEN_URL, clientId: secret('ID'), clientSecret: secret('SECRET'), scope: 'a b' }),
)
const CHAIN = connectorOf(
  refreshToken({
    tokenUrl: TOKEN_URL,
    clientId: 'tieline',
    clientSecret: secret('SECRET'),
    refreshToken: secret('FIRST'),
  }),
)

it('over real sockets: three workers, a hundred calls each, one request', async () => {
  const model = oauth({ clients: CLIENTS })
  await using server = await serveOAuth(model)
  await using client = httpClient()
  const store = memory()
  const target = http('crm', {
    baseUrl: server.url,
    allow: ['127.0.0.1'],
    credential: refreshToken({
      tokenUrl: `${server.url}/oauth2/token`,
      clientId: 'tieline',
      clientSecret: secret('SECRET'),
      refreshToken: secret('FIRST'),
    }),
  }).connector
  const workers = ['w1', 'w2', 'w3'].map((name) =>
    createTokens({
      name,
      clock: systemClock,
      random: () => 0.5,
      http: client,
      secrets: { read: (name) => [ENV()[name as keyof ReturnType<typeof ENV>]] },
      log: () => {},
      store,
    }),
  )
  const tokens = await Promise.all(workers.flatMap((worker) => Array.from({ length: 100 }, () => worker.get(target))))
  expect(new Set(tokens).size).toBe(1)
  expect(server.requests()).toBe(1)
  expect(model.accepts(`Bearer ${tokens[0]}`, Date.now())).toBe(true)
})

it.each([
  ['client credentials', OWN],
  ['refresh token', CHAIN],
])('%s: three workers, a hundred calls each, one request, nothing told', async (_, connector) => {
  const here = world({ clients: CLIENTS }, ENV())
  const workers = ['w1', 'w2', 'w3'].map((name) => here.worker(name))
  const tokens = await here.run(
    Promise.all(workers.flatMap((worker) => Array.from({ length: 100 }, () => worker.get(connector)))),
  )
  expect(new Set(tokens).size).toBe(1)
  expect(here.requests).toHaveLength(1)
  expect(here.told.length).toBeGreaterThan(2)
  expect(here.leaks()).toEqual([])
})

it('a token is renewed while it is still handed out: nobody waits for it', async () => {
  const here = world({ clients: CLIENTS, lifeS: 3_600 }, ENV())
  const one = here.worker('w1')
  const first = await here.run(one.get(OWN))
  await here.clock.advance(3_300_000)
  expect(await one.get(OWN)).toBe(first) // at once, without time passing
  await here.until(() => here.told.filter((text) => text.includes('token.fetched')).length === 2)
  expect(await one.get(OWN)).not.toBe(first)
  expect(here.requests).toHaveLength(2)
})

it('a worker that was slow to take its turn looks once more before it asks', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  let writes = 0
  const slow = here.worker('w1', {
    store: {
      read: (keys) => here.store.read(keys),
      write: async (changes) => {
        if (++writes === 1) await here.clock.sleep(5_000)
        return here.overheard.write(changes)
      },
    },
  })
  const late = slow.get(CHAIN)
  const token = await here.run(here.worker('w2').get(CHAIN))
  expect(await here.run(late)).toBe(token)
  expect(here.requests).toHaveLength(1)
})

it('without TIELINE_TOKEN_KEY each process has its own, and the store sees nothing', async () => {
  const here = world({ clients: CLIENTS }, { ...SECRETS })
  const workers = ['w1', 'w2', 'w3'].map((name) => here.worker(name))
  await here.run(Promise.all(workers.flatMap((worker) => Array.from({ length: 20 }, () => worker.get(OWN)))))
  expect(here.requests).toHaveLength(3)
  expect(here.told.filter((text) => text.includes('expected'))).toEqual([])
})

it('a refresh token needs the key, and a key that is one: nothing is sent', async () => {
  const here = world({ clients: CLIENTS }, { ...SECRETS })
  expect(await here.failure(here.worker('w1').get(CHAIN))).toMatchObject({
    code: 'SECRET_MISSING',
    disposition: 'retry',
    message: expect.stringContaining('TIELINE_TOKEN_KEY'),
  })
  here.env['TIELINE_TOKEN_KEY'] = 'too-short-hush'
  const wrong = await here.failure(here.worker('w1').get(CHAIN))
  expect(wrong).toMatchObject({ code: 'CONFIG_INVALID', disposition: 'retry' })
  expect(here.requests).toHaveLength(0)
  expect(here.leaks()).toEqual([])
})

it('a secret that is not set is named, and nothing is sent', async () => {
  const here = world({ clients: CLIENTS }, { ID: 'tieline', TIELINE_TOKEN_KEY: KEYS[0] })
  const error = await here.failure(here.worker('w1').get(OWN))
  expect(error).toMatchObject({ code: 'SECRET_MISSING', message: 'the secret SECRET is not set' })
  expect(here.requests).toHaveLength(0)
})

it('what differs must not have one name; the same may', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const one = here.worker('w1')
  const of = (scope: string) =>
    connectorOf(
      clientCredentials({
        name: 'id',
        tokenUrl: TOKEN_URL,
        clientId: 'tieline',
        clientSecret: secret('SECRET'),
        scope,
      }),
      scope,
    )
  await here.run(one.get(of('a')))
  await here.run(one.get({ ...of('a'), name: 'other' }))
  expect(here.requests).toHaveLength(1)
  expect((await here.failure(one.get(of('b')))).code).toBe('CONFIG_INVALID')
})
