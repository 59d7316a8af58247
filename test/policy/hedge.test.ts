import { describe, expect, it } from 'vitest'
import { breaker } from '../../src/declare/policy/breaker.ts'
import { hedge } from '../../src/declare/policy/hedge.ts'
import { policy, timeout } from '../../src/declare/policy/policy.ts'
import { type Reply, rig } from './rig.ts'

const read = { idempotency: { by: 'read' } } as const

describe('hedge', () => {
  it('calls a second time after a while; the first answer wins and the other is given up', async () => {
    const { call, clock, requests, replies } = rig()
    replies((n): Reply => (n === 0 ? 'never' : { status: 200, afterMs: 50 }))
    const outcome = call(policy(hedge({ after: '300ms' }), timeout('10s')), read)
    await clock.advance(400)
    expect(await outcome).toBe('made')
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 300])
    expect(requests[0]?.signal?.aborted).toBe(true)
    await clock.advance(60_000)
    expect(requests).toHaveLength(2)
  })

  it('does not call again where the answer is quick, or fails', async () => {
    const { call, clock, requests, replies } = rig()
    const hedged = policy(hedge({ after: '300ms' }))
    expect(await call(hedged, read)).toBe('made')
    replies(() => ({ status: 500 }))
    expect(await call(hedged, read)).toMatchObject({ code: 'PROVIDER_FAULT' })
    await clock.advance(60_000)
    expect(requests).toHaveLength(2)
  })

  it('one failure of two is none', async () => {
    const { call, clock, replies } = rig()
    replies((n) => (n === 0 ? { status: 500, afterMs: 400 } : { status: 200, afterMs: 400 }))
    const outcome = call(policy(hedge({ after: '300ms' })), read)
    await clock.advance(1_000)
    expect(await outcome).toBe('made')
  })

  it('makes at most so many further calls', async () => {
    const { call, clock, requests, replies } = rig()
    replies(() => 'never')
    const outcome = call(policy(hedge({ after: '100ms', max: 2 }), timeout('1s')), read)
    await clock.advance(5_000)
    expect(await outcome).toMatchObject({ code: 'HTTP_TIMEOUT' })
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 100, 200])
  })

  it('the call that lost says nothing to the breaker', async () => {
    const { call, clock, replies } = rig()
    replies((n): Reply => (n % 2 === 0 ? 'never' : { status: 200 }))
    const hedged = policy(hedge({ after: '100ms' }), breaker({ failures: 1 }), timeout('1m'))
    for (let i = 0; i < 5; i++) {
      const outcome = call(hedged, read)
      await clock.advance(200)
      expect(await outcome).toBe('made')
    }
  })

  it('learns what is usual: the 95th percentile of the last answers', async () => {
    const { call, clock, requests, replies } = rig()
    replies((n): Reply => (n === 20 ? 'never' : { status: 200, afterMs: 10 * (n + 1) }))
    const hedged = policy(hedge(), timeout('1m'))
    for (let i = 0; i < 20; i++) {
      const outcome = call(hedged, read)
      await clock.advance(1_000)
      await outcome
    }
    expect(requests).toHaveLength(20)
    const began = clock.mono()
    const outcome = call(hedged, read)
    await clock.advance(1_000)
    expect(await outcome).toBe('made')
    expect(requests.slice(20).map(({ atMs }) => atMs - began)).toEqual([0, 200])
  })

  it('ends with the runtime', async () => {
    const { call, clock, requests, replies } = rig()
    const stop = new AbortController()
    replies(() => 'never')
    const outcome = call(policy(hedge({ after: '1s' })), { ...read, stop: stop.signal })
    await clock.advance(10)
    stop.abort()
    await clock.advance(5_000)
    expect(await outcome).toMatchObject({ code: 'STOPPING' })
    expect(requests).toHaveLength(1)
  })

  it('is refused for an operation that writes', async () => {
    const { call, requests } = rig()
    expect(await call(policy(hedge({ after: '1s' })))).toMatchObject({
      code: 'DECLARATION_INVALID',
      message: expect.stringContaining('policy of crm deals.upsert: hedge is for operations that only read'),
    })
    expect(requests).toHaveLength(0)
  })
})
