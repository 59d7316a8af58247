import { expect, it } from 'vitest'
import { clientCredentials } from '../../src/declare/credential/words.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { connectorOf, KEYS, TOKEN_URL, type Weather, world } from './world.ts'

const CLIENTS = [{ id: 'tieline', secret: 'client-hush' }]
const ENV = (value = 'client-hush') => ({ SECRET: value, TIELINE_TOKEN_KEY: KEYS[0] })
const OWN = connectorOf(clientCredentials({ tokenUrl: TOKEN_URL, clientId: 'tieline', clientSecret: secret('SECRET') }))
const MINUTE = 60_000

it('what only a person can mend is sent once, by whichever worker; another secret is sent, and an operator may say so', async () => {
  const here = world({ clients: CLIENTS }, ENV('wrong-hush'))
  const workers = ['w1', 'w2', 'w3'].map((name) => here.worker(name))
  for (let round = 0; round < 10; round++) {
    for (const worker of workers) {
      expect(await here.failure(worker.get(OWN))).toMatchObject({ code: 'CREDENTIAL_REFUSED', retryAfterMs: MINUTE })
    }
    await here.clock.advance(MINUTE)
  }
  expect(here.requests).toHaveLength(1)
  expect(here.told.filter((text) => text.includes('token.refused'))).toHaveLength(1)

  await here.run(workers[0]!.clear(OWN))
  await here.failure(workers[1]!.get(OWN))
  expect(here.requests).toHaveLength(2)

  here.env['SECRET'] = 'client-hush'
  await here.clock.advance(5_000)
  const tokens = await here.run(Promise.all(workers.map((worker) => worker.get(OWN))))
  expect(new Set(tokens).size).toBe(1)
  expect(here.requests).toHaveLength(3)
  expect(here.leaks()).toEqual([])
})

const BODIES: readonly (readonly [string, number, string])[] = [
  ['CREDENTIAL_REFUSED', 400, '{"error":"invalid_grant","error_description":"client-hush is no good"}'],
  ['CREDENTIAL_REFUSED', 400, '{"status":"BAD_REFRESH_TOKEN","message":"no"}'],
  ['CREDENTIAL_REFUSED', 401, '{"error":"invalid_client"}'],
  ['CREDENTIAL_REFUSED', 401, 'Basic dGllbGluZTpjbGllbnQtaHVzaA== is wrong'],
  ['CREDENTIAL_REFUSED', 400, 'dGllbGluZTpjbGllbnQtaHVzaA== is wrong'],
  ['PROVIDER_FAULT', 400, '{"error":"temporarily_unavailable"}'],
  ['PROVIDER_FAULT', 403, '<html>blocked</html>'],
  ['PROVIDER_BUSY', 503, '{"error":"server_error","error_description":"secret=client-hush"}'],
  ['PROVIDER_BUSY', 429, '{"error":"slow_down"}'],
  ['HTTP_REDIRECT', 302, ''],
  ['PROVIDER_ANSWER', 200, 'hello'],
  ['PROVIDER_ANSWER', 200, '{"token_type":"bearer"}'],
  ['PROVIDER_ANSWER', 200, '{"access_token":"at_hidden\\nx","token_type":"bearer"}'],
  ['PROVIDER_ANSWER', 200, '{"access_token":"at_hidden","token_type":"mac"}'],
  ['PROVIDER_ANSWER', 200, '{"access_token":"at_hidden","token_type":"bearer","expires_in":"soon"}'],
]

it.each(BODIES)('%s: %i %s, and no value of a secret in it', async (code, status, body) => {
  const here = world({ clients: CLIENTS }, ENV())
  here.weather.push({ as: 'answer', status, body })
  const one = here.worker('w1')
  expect(await here.failure(one.get(OWN))).toMatchObject({ code, disposition: 'retry' })
  expect((await here.failure(one.get(OWN))).code).toBe(code === 'CREDENTIAL_REFUSED' ? code : 'GATE_CLOSED')
  expect(here.requests).toHaveLength(1)
  expect(here.leaks()).toEqual([])
})

it('a token endpoint that is down is asked ever more seldom, by all workers together, and what held on holds', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const workers = ['w1', 'w2', 'w3'].map((name) => here.worker(name))
  const down: Weather = { as: 'answer', status: 503 }
  here.weather.push(...Array.from({ length: 100 }, () => down))
  for (let second = 0; second < 600; second += 1) {
    for (const worker of workers) worker.get(OWN).catch((error: Error) => here.told.push(error.message))
    await here.clock.advance(1_000)
  }
  expect(here.requests.length).toBeGreaterThan(10)
  expect(here.requests.length).toBeLessThan(25)
  here.weather.length = 0
  await here.clock.advance(MINUTE)
  const before = here.requests.length
  await here.run(Promise.all(workers.map((worker) => worker.get(OWN))))
  expect(here.requests).toHaveLength(before + 1)
})

it('Retry-After is kept by all', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  here.weather.push({ as: 'answer', status: 429, headers: { 'retry-after': '120' } })
  expect((await here.failure(here.worker('w1').get(OWN))).retryAfterMs).toBeGreaterThanOrEqual(120_000)
  const two = here.worker('w2')
  await here.clock.advance(100_000)
  const held = await here.failure(two.get(OWN))
  expect(held.code).toBe('GATE_CLOSED')
  expect(held.retryAfterMs).toBeGreaterThan(15_000)
  await here.clock.advance(21_000)
  await here.run(two.get(OWN))
  expect(here.requests).toHaveLength(2)
})

it('a failure while a token is still good is nobody’s trouble', async () => {
  const here = world({ clients: CLIENTS, lifeS: 3_600 }, ENV())
  const one = here.worker('w1')
  const token = await here.run(one.get(OWN))
  here.weather.push(...Array.from({ length: 3 }, (): Weather => ({ as: 'cut after effect' })))
  await here.clock.advance(3_250_000)
  const seen = new Set<string>()
  for (let second = 0; second < 300; second++) {
    seen.add(await here.run(one.get(OWN)))
    await here.clock.advance(1_000)
  }
  expect(seen.size).toBe(2)
  expect(seen.has(token)).toBe(true)
})

it('a provider that answers 401 to everything does not make us hammer the token endpoint', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const workers = ['w1', 'w2', 'w3'].map((name) => here.worker(name))
  for (let second = 0; second < 1_800; second += 1) {
    for (const worker of workers) {
      const token = await here.run(worker.get(OWN))
      worker.refused(OWN, token)
    }
    await here.clock.advance(1_000)
  }
  expect(here.requests.length).toBeGreaterThan(4)
  expect(here.requests.length).toBeLessThan(15)
})

it('a 401 before its time: exactly that token is replaced, once for all workers', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const [one, two] = [here.worker('w1'), here.worker('w2')]
  const token = await here.run(one.get(OWN))
  expect(await here.run(two.get(OWN))).toBe(token)
  await here.clock.advance(15_000)
  here.server.revoke()
  one.refused(OWN, 'another token')
  expect(await here.run(one.get(OWN))).toBe(token)
  one.refused(OWN, token)
  two.refused(OWN, token)
  const [fresh, same] = await here.run(Promise.all([one.get(OWN), two.get(OWN)]))
  expect(fresh).not.toBe(token)
  expect(same).toBe(fresh)
  one.refused(OWN, token) // late: it is not the one that is held
  expect(await here.run(one.get(OWN))).toBe(fresh)
  expect(here.requests).toHaveLength(2)
})

it('a server that gives the same token again is not asked in a loop', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const body = '{"access_token":"same","token_type":"Bearer","expires_in":"600","id_token":"not looked at"}'
  here.weather.push(...Array.from({ length: 9 }, (): Weather => ({ as: 'answer', status: 200, body })))
  const workers = ['w1', 'w2'].map((name) => here.worker(name))
  for (let minute = 0; minute < 30; minute++) {
    await here.run(Promise.all(workers.map((worker) => worker.get(OWN))))
    await here.clock.advance(MINUTE)
  }
  expect(here.requests).toHaveLength(4)
})

it('a life that is not told is the declared one', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  const body = '{"access_token":"same","token_type":"Bearer"}'
  here.weather.push(...Array.from({ length: 9 }, (): Weather => ({ as: 'answer', status: 200, body })))
  const one = here.worker('w1')
  await here.run(one.get(OWN))
  await here.clock.advance(12 * MINUTE)
  await one.get(OWN)
  expect(here.requests).toHaveLength(1)
  await here.clock.advance(2 * MINUTE)
  await one.get(OWN)
  await here.until(() => here.requests.length === 2)
})

it.each([-25_000, 25_000])('a worker whose clock is off by %i ms hands out no token that has ended', async (skew) => {
  const here = world({ clients: CLIENTS, lifeS: 600 }, ENV())
  const off = here.worker('off', { clock: { ...here.clock, now: () => here.clock.now() + skew } })
  const one = here.worker('w1')
  for (let second = 0; second < 3_000; second += 5) {
    for (const worker of [one, off]) {
      const token = await here.run(worker.get(OWN))
      expect(here.server.accepts(`Bearer ${token}`, here.clock.now())).toBe(true)
    }
    await here.clock.advance(5_000)
  }
  expect(here.requests.length).toBeLessThan(12)
})

it('a token that is about to end is not handed out, nor one whose end another clock puts too far away', async () => {
  const here = world({ clients: CLIENTS, lifeS: 600 }, ENV())
  const one = here.worker('w1')
  const off = here.worker('off', { clock: { ...here.clock, now: () => here.clock.now() - 5 * MINUTE } })
  const token = await here.run(one.get(OWN))
  expect(await here.run(off.get(OWN))).toBe(token)
  await here.clock.advance(580_000)
  expect(await here.run(off.get(OWN))).not.toBe(token)
  expect(await here.run(one.get(OWN))).not.toBe(token)
})

it('an answer that never comes ends the turn, not the worker', async () => {
  const here = world({ clients: CLIENTS }, ENV())
  here.weather.push({ as: 'dies' })
  void here.worker('w1').get(OWN)
  await here.until(() => here.issued() === 1)
  const began = here.clock.mono()
  await here.run(here.worker('w2').get(OWN))
  expect(here.clock.mono() - began).toBeLessThan(31_000)
})
