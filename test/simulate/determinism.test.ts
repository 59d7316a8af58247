import { cloudEvents, flow, target } from 'tieline'
import { http } from 'tieline/http'
import { keyedProvider, run, type Scenario, simulate } from 'tieline/testing'
import { describe, expect, it } from 'vitest'
import { SCENARIOS } from './scenario/index.ts'
import { orders } from './scenario/orders/orders.ts'

describe('the same seed', () => {
  it('gives the same trace in any order and beside any other, and another seed another one', async () => {
    const hashes = new Map<number, string>()
    for (let seed = 1; seed <= 60; seed++) hashes.set(seed, (await run(orders, seed)).hash)
    for (let seed = 60; seed >= 1; seed -= 7) expect((await run(orders, seed)).hash, `${seed}`).toBe(hashes.get(seed))
    expect(new Set(hashes.values()).size).toBe(60)
  })

  it('gives the same trace whether its story is told or not, and played again from its choices', async () => {
    const first = await run(orders, 7)
    expect((await run(orders, 7, { story: true })).hash).toBe(first.hash)
    expect((await run(orders, 7, { replay: first.choices })).hash).toBe(first.hash)
  })
})

describe('many seeds', () => {
  it.each(Object.keys(SCENARIOS))('%s: nothing breaks', async (name) => {
    const scenario = await SCENARIOS[name]?.()
    const { failed, story, faults } = await simulate(scenario as Scenario, { seeds: 150, first: 5_000 })
    expect(failed, story).toEqual([])
    // A world without faults would prove nothing.
    for (const kind of ['crash', 'pause', 'store fails', 'effect, no answer', 'restart', 'clock jump']) {
      expect(faults[kind], kind).toBeGreaterThan(5)
    }
  })
})

describe('the guard', () => {
  const sink = http('sink', { baseUrl: 'https://sink.test' }).post('/', { name: 'sink' })
  const touching = (touch: () => unknown): Scenario => ({
    name: 'touching',
    flows: [
      flow('touching', {
        from: cloudEvents({ name: 'app' }).any(),
        to: target('sink', {
          call: sink,
          with: (event: unknown) => {
            touch()
            return event
          },
        }),
        retry: { attempts: 1 },
      }),
    ],
    cast: () => ({
      providers: { 'https://sink.test': keyedProvider('sink', () => 200) },
      sends: [
        {
          source: 'app',
          name: 'e1',
          atMs: 0,
          request: () => ({
            headers: { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/s', 'ce-type': 't' },
            body: new Uint8Array(),
          }),
        },
      ],
    }),
  })

  it.each<[string, () => unknown]>([
    ['Date.now', () => Date.now()],
    ['new Date()', () => new Date()],
    ['Math.random', () => Math.random()],
    ['performance.now', () => performance.now()],
    ['setTimeout', () => setTimeout(() => {}, 1)],
    ['setImmediate', () => setImmediate(() => {})],
    ['process.nextTick', () => process.nextTick(() => {})],
    ['fetch', () => fetch('http://127.0.0.1:1')],
    ['crypto.randomUUID', () => crypto.randomUUID()],
    ['AbortSignal.timeout', () => AbortSignal.timeout(5)],
  ])('%s fails the run, though the engine catches what it throws', async (name, touch) => {
    const { failure } = await run(touching(touch), 1)
    expect(failure).toEqual({ invariant: 'not deterministic', detail: name })
  })

  it('leaves everything as it was', async () => {
    const before = [Date, setTimeout, Math.random, Date.now, fetch, process.nextTick]
    await run(orders, 1)
    expect([Date, setTimeout, Math.random, Date.now, fetch, process.nextTick]).toEqual(before)
    expect(typeof performance.now()).toBe('number')
  })

  it('a date made of a number, a promise and a digest are no leaks', async () => {
    const touch = async (): Promise<void> => {
      new Date(0).toISOString()
      structuredClone({})
      await null
    }
    expect((await run(touching(touch), 1)).failure).toBeUndefined()
  })
})
