import { expect, it } from 'vitest'
import type { Host } from '../port/host.ts'
import type { Lease, Store } from '../port/store.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { type Held, LEASE_MS } from './held.ts'
import { keepLeases } from './keeper.ts'

const held = (token: number): Held => ({
  lease: { id: '7', owner: 'me', token },
  tenant: '',
  key: '',
  sinceMono: 0,
  untilMono: LEASE_MS,
  deadlineMono: 60_000,
  coming: false,
  over: false,
  compensating: false,
  abort: undefined,
  expire: undefined,
})

it('a former run does not live on under a later lease of its own process', async () => {
  const clock = virtualClock()
  const [former, later] = [held(1), held(2)]
  const extend = async (leases: readonly Lease[]): Promise<Lease[]> => leases.filter(({ token }) => token === 2)
  const stop = new AbortController()
  const store = { extend } as unknown as Store
  void keepLeases(store, { clock } as unknown as Host, new Set([former, later]), stop.signal)
  await clock.advance(4_000)
  expect(former?.untilMono).toBe(Number.NEGATIVE_INFINITY)
  expect(later?.untilMono).toBeGreaterThan(LEASE_MS)
  stop.abort()
})

it('a renewal that hangs does not cost the leases that were taken meanwhile', async () => {
  const clock = virtualClock()
  const one = held(1)
  let beats = 0
  const extend = (leases: readonly Lease[]): Promise<Lease[]> =>
    beats++ === 0 ? new Promise(() => {}) : Promise.resolve([...leases])
  const stop = new AbortController()
  const store = { extend } as unknown as Store
  void keepLeases(store, { clock } as unknown as Host, new Set([one]), stop.signal)
  await clock.advance(7_000)
  expect(one.untilMono).toBe(6_000 + LEASE_MS)
  stop.abort()
})
