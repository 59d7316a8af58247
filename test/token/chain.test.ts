import { expect, it } from 'vitest'
import { TielineError } from '../../src/core/error.ts'
import { refreshToken } from '../../src/declare/credential/words.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { connectorOf, KEYS, TOKEN_URL, world } from './world.ts'

const CLIENTS = [{ id: 'tieline', secret: 'client-hush', refreshTokens: ['first-hush', 'second-hush'] }]
const ENV = () => ({ SECRET: 'client-hush', FIRST: 'first-hush', TIELINE_TOKEN_KEY: KEYS[0] })
const CHAIN = connectorOf(
  refreshToken({
    tokenUrl: TOKEN_URL,
    clientId: 'tieline',
    clientSecret: secret('SECRET'),
    refreshToken: secret('FIRST'),
  }),
)
const MINUTE = 60_000

it('fifty rotations by three workers that all come: each refresh token is used once, every token that is handed out is good', async () => {
  const here = world({ clients: CLIENTS, lifeS: 600 }, ENV())
  const workers = ['w1', 'w2', 'w3'].map((name) => here.worker(name))
  let handed = 0
  for (let round = 0; here.issued() < 51; round++) {
    const calls = workers.flatMap((worker) =>
      [0, 1, 2].map(async () => {
        const token = await worker.get(CHAIN)
        handed++
        expect(here.server.accepts(`Bearer ${token}`, here.clock.now())).toBe(true)
      }),
    )
    await here.run(Promise.all(calls), 50)
    await here.clock.advance(round % 7 === 0 ? 11 * MINUTE : 20_000)
  }
  expect(handed).toBeGreaterThan(1_000)
  expect(here.server.ledger().effects.filter(({ kind }) => kind !== 'issued')).toEqual([])
  expect(here.leaks()).toEqual([])
})

it('nobody has the access token before the refresh token is stored', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  let up = false
  const failing = here.worker('w1', {
    store: {
      read: (keys) => here.store.read(keys),
      write: (changes) => {
        const sealed = changes.some(({ key }) => key === 'token:crm')
        return sealed && !up
          ? Promise.reject(new TielineError('STORE_UNAVAILABLE', 'down'))
          : here.overheard.write(changes)
      },
    },
  })
  expect((await here.failure(failing.get(CHAIN))).code).toBe('STORE_UNAVAILABLE')
  expect((await here.failure(failing.get(CHAIN))).code).toBe('STORE_UNAVAILABLE')
  up = true
  const token = await here.run(failing.get(CHAIN))
  expect(here.requests).toHaveLength(1) // what was received was kept until it could be stored
  expect(await here.run(here.worker('w2').get(CHAIN))).toBe(token)
  expect(here.issued()).toBe(1)
})

it('a stop waits for the token that is on its way, and for no other', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const [one, two] = [here.worker('w1'), here.worker('w2')]
  const first = one.get(CHAIN)
  await here.until(() => here.requests.length === 1)
  const second = here.failure(two.get(CHAIN))
  const stored = one[Symbol.asyncDispose]().then(() => here.told.some((text) => text.includes('"token:crm"')))
  expect(await here.run(stored)).toBe(true)
  await here.run(two[Symbol.asyncDispose]())
  expect((await second).code).toBe('STOPPING')
  const token = await first
  expect(await here.run(here.worker('w3').get(CHAIN))).toBe(token)
  expect(here.requests).toHaveLength(1)
})

it('a worker that dies after storing leaves its token to the others', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const dying = here.worker('w1', {
    store: {
      read: (keys) => here.store.read(keys),
      write: async (changes) => {
        const settled = await here.overheard.write(changes)
        return changes.some(({ key }) => key === 'token:crm') ? new Promise(() => {}) : settled
      },
    },
  })
  void dying.get(CHAIN)
  await here.until(() => here.told.some((text) => text.includes('"token:crm"')))
  const began = here.clock.mono()
  const token = await here.run(here.worker('w2').get(CHAIN))
  expect(here.server.accepts(`Bearer ${token}`, here.clock.now())).toBe(true)
  expect(here.clock.mono() - began).toBeLessThan(100)
  expect(here.requests).toHaveLength(1)
})

it('a worker that dies before storing is succeeded when its turn ends; a server with a grace period takes the token again', async () => {
  const here = world({ clients: CLIENTS, graceMs: MINUTE }, ENV())
  here.weather.push({ as: 'dies' })
  void here.worker('w1').get(CHAIN)
  await here.until(() => here.issued() === 1)
  const others = ['w2', 'w3'].map((name) => here.worker(name).get(CHAIN))
  const [two, three] = await here.run(Promise.all(others))
  expect(two).toBe(three)
  expect(here.requests).toHaveLength(2)
})

it('without a grace period it costs the grant: said once, sent once', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  here.weather.push({ as: 'dies' })
  void here.worker('w1').get(CHAIN)
  await here.until(() => here.issued() === 1)
  for (const name of ['w2', 'w3', 'w2']) {
    const error = await here.failure(here.worker(name).get(CHAIN))
    expect(error).toMatchObject({ code: 'CREDENTIAL_REFUSED', disposition: 'retry' })
    await here.clock.advance(10 * MINUTE)
  }
  expect(here.requests).toHaveLength(2)
})

it('a worker that slept through its turn sends nothing, and leaves the turn to the one that has it', async () => {
  const here = world({ clients: CLIENTS, graceMs: MINUTE }, ENV())
  let reads = 0
  const sleepy = here.worker('w1', {
    store: {
      read: async (keys) => {
        if (++reads === 2) await here.clock.sleep(35_000)
        return here.store.read(keys)
      },
      write: here.overheard.write,
    },
  })
  const late = sleepy.get(CHAIN)
  await here.clock.advance(1_000)
  here.weather.push({ as: 'dies' })
  void here.worker('w2').get(CHAIN)
  await here.until(() => here.issued() === 1)
  await here.clock.advance(10_000)
  expect(here.requests).toHaveLength(1)
  await here.run(late)
  expect(here.requests).toHaveLength(2)
})

it('a declared token that began a chain is never sent again, by whichever worker still has it', async () => {
  const here = world({ clients: CLIENTS, lifeS: 600 }, ENV())
  const old = here.worker('old')
  await here.run(old.get(CHAIN))
  const next: Record<string, string> = { ...ENV(), FIRST: 'second-hush' }
  const fresh = here.worker('new', { secrets: { read: (name) => next[name]?.split(',') ?? [] } })
  for (let round = 0; round < 10; round++) {
    await here.clock.advance(11 * MINUTE)
    await here.run(Promise.all([old.get(CHAIN), fresh.get(CHAIN)]))
  }
  const sent = here.requests.map(({ body }) => new URLSearchParams(String(body)).get('refresh_token'))
  expect(sent.filter((token) => token === 'first-hush')).toHaveLength(1)
  expect(sent.filter((token) => token === 'second-hush').length).toBeLessThanOrEqual(1)
  expect(new Set(sent).size).toBe(sent.length)
  expect(here.server.ledger().effects.filter(({ kind }) => kind !== 'issued')).toEqual([])
})

it('the key is rotated under way; a key that is lost is said before anything is sent', async () => {
  const here = world({ clients: CLIENTS, lifeS: 600 }, ENV())
  const one = here.worker('w1')
  await here.run(one.get(CHAIN))
  here.env['TIELINE_TOKEN_KEY'] = `${KEYS[1]},${KEYS[0]}`
  await here.clock.advance(11 * MINUTE)
  await here.run(one.get(CHAIN)) // opened with the old, sealed with the new
  here.env['TIELINE_TOKEN_KEY'] = KEYS[1]
  await here.clock.advance(11 * MINUTE)
  await here.run(here.worker('w2').get(CHAIN))
  expect(here.issued()).toBe(3)
  here.env['TIELINE_TOKEN_KEY'] = KEYS[2]
  await here.clock.advance(11 * MINUTE)
  expect(await here.failure(here.worker('w3').get(CHAIN))).toMatchObject({
    code: 'CONFIG_INVALID',
    disposition: 'retry',
  })
  expect(here.requests).toHaveLength(3)
  expect(here.leaks()).toEqual([])
})
