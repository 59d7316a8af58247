import { describe, expect, it } from 'vitest'
import { TielineError } from '../../src/core/error.ts'
import { breaker } from '../../src/declare/policy/breaker.ts'
import { bulkhead } from '../../src/declare/policy/bulkhead.ts'
import { fallbackTo } from '../../src/declare/policy/fallback-to.ts'
import { policy, retry, timeout } from '../../src/declare/policy/policy.ts'
import { rateLimit } from '../../src/declare/policy/rate-limit.ts'
import { retryBudget } from '../../src/declare/policy/retry-budget.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { rig } from './rig.ts'

const refused = { code: 'PROVIDER_REFUSED' }
const fault = { code: 'PROVIDER_FAULT' }
const closed = { code: 'GATE_CLOSED', disposition: 'retry' }

describe('retry', () => {
  it('tries again, with a pause by its jitter, each try with its own timeout', async () => {
    const { call, clock, requests, replies } = rig()
    replies((n) => (n < 2 ? 'never' : { status: 200 }))
    const outcome = call(policy(retry({ attempts: 3, base: '100ms' }), timeout('1s')))
    await clock.advance(10_000)
    expect(await outcome).toBe('made')
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 1_099, 2_298])
    expect(requests.map(({ request }) => request.timeoutMs)).toEqual([1_000, 1_000, 1_000])
  })

  it('a timeout around it is for all tries', async () => {
    const { call, clock, requests, replies } = rig()
    replies(() => ({ status: 500, afterMs: 400 }))
    const outcome = call(policy(timeout('1s'), retry({ attempts: 9, base: '100ms' })))
    await clock.advance(10_000)
    expect(await outcome).toMatchObject(fault)
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 499])
  })

  it('honours Retry-After up to its own longest pause', async () => {
    const { call, clock, requests, replies } = rig()
    replies((n) => ({ status: 429, headers: { 'retry-after': n === 0 ? '2' : '3' } }))
    const outcome = call(policy(retry({ attempts: 5, max: '2s' }), timeout('1s')))
    await clock.advance(10_000)
    expect(await outcome).toMatchObject({ code: 'PROVIDER_BUSY', retryAfterMs: 3_000 })
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 2_000])
  })

  it.each(['LEASE_LOST', 'STOPPING', 'GATE_CLOSED', 'PROVIDER_REFUSED'] as const)('never after %s', async (code) => {
    const { done, requests, replies } = rig()
    replies(() => new TielineError(code, 'no'))
    expect(await done(policy(retry({ attempts: 5 })))).toMatchObject({ code })
    expect(requests).toHaveLength(1)
  })

  it('fails with what the call failed with where a gate closes before the next try', async () => {
    const { done, requests, replies } = rig()
    replies(() => ({ status: 500 }))
    const careful = policy(retry({ attempts: 5 }), breaker({ failures: 2, halfOpenAfter: '1h' }))
    expect(await done(careful)).toMatchObject(fault)
    expect(requests).toHaveLength(2)
    expect(await done(careful)).toMatchObject(closed)
  })

  it('asks its budget, which all calls of the connector share', async () => {
    const { done, requests, replies } = rig()
    replies(() => ({ status: 500 }))
    const careful = policy(retry({ attempts: 3, budget: retryBudget({ ratio: 0.5, minPerSecond: 0, within: '1h' }) }))
    for (let i = 0; i < 10; i++) expect(await done(careful)).toMatchObject(fault)
    expect(requests).toHaveLength(15)
  })

  it('a retry after a timeout costs the double of the AWS form', async () => {
    const { done, requests, replies } = rig()
    const careful = policy(retry({ attempts: 9, budget: retryBudget.aws({ tokens: 20 }) }), timeout('1s'))
    replies(() => 'never')
    await done(careful)
    expect(requests).toHaveLength(3)
  })

  it('ends when the runtime stops', async () => {
    const { call, clock, requests, replies } = rig()
    const stop = new AbortController()
    replies(() => ({ status: 500 }))
    const outcome = call(policy(retry({ attempts: 9, base: '2s' })), { stop: stop.signal })
    await clock.advance(10)
    stop.abort(new TielineError('STOPPING', 'stopping'))
    await clock.advance(60_000)
    expect(await outcome).toBeInstanceOf(TielineError)
    expect(requests.length).toBeLessThanOrEqual(2)
  })
})

describe('gates', () => {
  it('a breaker opens, says for how long, and closes after good probes', async () => {
    const { call, clock, requests, replies } = rig()
    replies((n) => ({ status: n < 3 ? 503 : 200 }))
    const careful = policy(breaker({ failures: 3, halfOpenAfter: '30s', probes: 1 }), timeout('1s'))
    for (let i = 0; i < 3; i++) await call(careful)
    await clock.advance(10_000)
    const error = await call(careful)
    expect(error).toMatchObject({ ...closed, retryAfterMs: 20_000 })
    expect((error as TielineError).message).toBe('breaker of connector:crm: closed for 20000 ms')
    expect(requests).toHaveLength(3)
    await clock.advance(20_000)
    expect(await call(careful)).toBe('made')
    expect(await call(careful)).toBe('made')
  })

  it.each([
    ['a refusal', { status: 400 }, 'PROVIDER_REFUSED'],
    ['a refused credential', { status: 401 }, 'CREDENTIAL_REFUSED'],
    ['a lost lease', new TielineError('LEASE_LOST', 'lost'), 'LEASE_LOST'],
    ['stopping', new TielineError('STOPPING', 'stopping'), 'STOPPING'],
  ] as const)('%s opens no breaker', async (_, reply, code) => {
    const { call, replies } = rig()
    replies(() => reply)
    for (let i = 0; i < 5; i++) expect(await call(policy(breaker({ failures: 1 })))).toMatchObject({ code })
  })

  it.each([
    ['a timeout', new TielineError('HTTP_TIMEOUT', 'late')],
    ['a broken connection', new TielineError('HTTP_BROKEN', 'cut')],
    ['no connection', new TielineError('HTTP_CONNECT', 'none')],
    ['5xx', { status: 500 }],
    ['429', { status: 429 }],
  ] as const)('%s does', async (_, reply) => {
    const { call, replies } = rig()
    replies(() => reply)
    await call(policy(breaker({ failures: 1 })))
    expect(await call(policy(breaker({ failures: 1 })))).toMatchObject(closed)
  })

  it('no time left is no failure of the provider', async () => {
    const { call, requests } = rig()
    const careful = policy(breaker({ failures: 1 }))
    expect(await call(careful, { deadlineMs: 0 })).toMatchObject({ code: 'HTTP_TIMEOUT' })
    expect(requests).toHaveLength(0)
    expect(await call(careful)).toBe('made')
  })

  it('slow answers open a breaker; the wait for a place is not slowness', async () => {
    const { call, clock, replies } = rig()
    replies(() => ({ status: 200, afterMs: 100 }))
    const slow = policy(rateLimit({ limit: 1, per: '1s' }), breaker({ slowAfter: '500ms', within: 2 }))
    const calls = [call(slow), call(slow), call(slow)]
    await clock.advance(5_000)
    expect(await Promise.all(calls)).toEqual(['made', 'made', 'made'])
    replies(() => ({ status: 200, afterMs: 600 }))
    for (let i = 0; i < 2; i++) {
      const one = call(slow)
      await clock.advance(2_000)
      await one
    }
    expect(await call(slow)).toMatchObject(closed)
  })

  it('a rate limit paces in process up to two seconds, and sends the rest back with its pause', async () => {
    const { call, clock, requests } = rig()
    const paced = policy(rateLimit({ limit: 1, per: '800ms' }), timeout('1s'))
    const calls = [0, 1, 2, 3, 4].map(() => call(paced))
    await clock.advance(0)
    expect(await calls[3]).toMatchObject({ ...closed, retryAfterMs: 2_400 })
    await clock.advance(5_000)
    expect(await Promise.all(calls.slice(0, 3))).toEqual(['made', 'made', 'made'])
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 800, 1_600])
  })

  it('waits no longer than the call has time', async () => {
    const { call, clock } = rig()
    const paced = policy(rateLimit({ limit: 1, per: '1s' }))
    await call(paced)
    expect(await call(paced, { deadlineMs: 500 })).toMatchObject({ ...closed, retryAfterMs: 1_000 })
    await clock.advance(2_000)
  })

  it('a wait ends when the runtime stops, and the places are given back', async () => {
    const { call, clock, requests } = rig()
    const stop = new AbortController()
    const paced = policy(bulkhead(2), rateLimit({ limit: 1, per: '1s' }))
    await call(paced)
    const waiting = call(paced, { stop: stop.signal })
    await clock.advance(10)
    stop.abort(new TielineError('STOPPING', 'stopping'))
    expect(await waiting).toMatchObject({ code: 'STOPPING' })
    await clock.advance(5_000)
    const two = [call(paced), call(paced)]
    await clock.advance(5_000)
    expect(await Promise.all(two)).toEqual(['made', 'made'])
    expect(requests).toHaveLength(3)
  })

  it('a full bulkhead is waited for, a second at most, and what a later gate refuses gives its place back', async () => {
    const { call, clock, replies } = rig()
    replies(() => ({ status: 200, afterMs: 3_000 }))
    const narrow = policy(bulkhead(1), rateLimit({ limit: 2, per: '1h' }))
    const first = call(narrow)
    await clock.advance(0)
    const full = call(narrow)
    await clock.advance(1_100)
    expect(await full).toMatchObject({ ...closed, message: 'bulkhead of connector:crm: full' })
    await clock.advance(1_400)
    const patient = call(policy(bulkhead(1)))
    await clock.advance(4_000)
    expect(await patient).toBe('made')
    await clock.advance(3_600_000)
    await first
    const second = call(narrow)
    await clock.advance(4_000)
    expect(await second).toBe('made')
    for (let i = 0; i < 3; i++)
      expect(((await call(narrow)) as TielineError).message).toMatch(/^rate limit of connector:crm: closed for/)
  })

  it('protect the resource that they name', async () => {
    const { call, replies } = rig()
    replies(() => ({ status: 500 }))
    const each = (of: 'operation' | 'tenant') => policy(breaker({ failures: 1, each: of }))
    await call(each('tenant'), { tenant: 'a' })
    expect(await call(each('tenant'), { tenant: 'a' })).toMatchObject(closed)
    expect(await call(each('tenant'), { tenant: 'b' })).toMatchObject(fault)
    await call(each('operation'), { name: 'one' })
    expect(await call(each('operation'), { name: 'one' })).toMatchObject({
      message: expect.stringContaining('operation:crm.one'),
    })
    expect(await call(each('operation'), { name: 'two' })).toMatchObject(fault)
  })

  it('equal layers on one connector are one gate; a tenant that was not seen for long begins anew', () => {
    const admissions = localAdmissions(2)
    const layer = (name: 'connector' | 'tenant') => bulkhead(1, { each: name }).layers[0] as never
    const of = (tenant: string) => ({ connector: 'crm', operation: 'x', tenant })
    expect(admissions.of(layer('connector'), of('a'))).toBe(admissions.of(layer('connector'), of('b')))
    const a = admissions.of(layer('tenant'), of('a'))
    admissions.of(layer('tenant'), of('b'))
    expect(admissions.of(layer('tenant'), of('a'))).toBe(a)
    admissions.of(layer('tenant'), of('c'))
    admissions.of(layer('tenant'), of('d'))
    expect(admissions.of(layer('tenant'), of('a'))).not.toBe(a)
  })
})

describe('fallback', () => {
  const careful = policy(fallbackTo({ stage: 'unknown' }, 'the report shows it as unknown'), retry({ attempts: 2 }))

  it('stands in where the layers inside gave up, and not for a refusal', async () => {
    const { done, requests, replies } = rig()
    replies(() => ({ status: 500 }))
    expect(await done(careful)).toEqual({ stage: 'unknown' })
    expect(requests).toHaveLength(2)
    replies(() => ({ status: 400 }))
    expect(await done(careful)).toMatchObject(refused)
    replies(() => new TielineError('LEASE_LOST', 'lost'))
    expect(await done(careful)).toMatchObject({ code: 'LEASE_LOST' })
  })

  it('stands in for a closed gate', async () => {
    const { call, replies } = rig()
    replies(() => ({ status: 500 }))
    const gated = policy(fallbackTo(null, 'nothing is known'), breaker({ failures: 1 }))
    expect([await call(gated), await call(gated)]).toEqual([null, null])
  })
})

describe('timeout', () => {
  it('hands its parts to the exchange', async () => {
    const { call, requests } = rig()
    await call(policy(timeout({ total: '10s', connect: '1s', firstByte: '5s' })))
    expect(requests[0]?.request).toMatchObject({ timeoutMs: 10_000, connectMs: 1_000, firstByteMs: 5_000 })
    await call(policy(timeout('10s')))
    expect(requests[1]?.request).not.toHaveProperty('connectMs')
  })
})

describe('what gates learn from', () => {
  it('every answer is told, with what it was classified as', async () => {
    const { done, replies } = rig()
    const told: unknown[] = []
    replies((n) => ({ status: n === 0 ? 429 : 200, headers: { 'retry-after': '1' } }))
    await done(policy(retry({ attempts: 2 })), {
      tenant: 'acme',
      seen: (resource, connector, headers, error) => told.push([resource, connector.name, headers, error?.code]),
    })
    const resource = { connector: 'crm', operation: 'deals.upsert', tenant: 'acme' }
    expect(told).toEqual([
      [resource, 'crm', { 'retry-after': '1' }, 'PROVIDER_BUSY'],
      [resource, 'crm', { 'retry-after': '1' }, undefined],
    ])
  })
})
