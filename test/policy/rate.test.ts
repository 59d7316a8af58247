import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RateLimitLayer } from '../../src/declare/policy/layer.ts'
import { rateMachine } from '../../src/declare/policy/machine/rate.ts'

const PATIENCE_MS = 2_000
/** Places are sums of fractions of milliseconds. */
const ROUNDING = 1e-6

const layers: fc.Arbitrary<RateLimitLayer> = fc
  .record({
    kind: fc.constant('rate limit' as const),
    each: fc.constant('connector' as const),
    by: fc.constantFrom('token bucket' as const, 'sliding window' as const),
    limit: fc.integer({ min: 1, max: 60 }),
    perMs: fc.constantFrom(100, 1_000, 7_000),
    burst: fc.constant(0),
  })
  .chain((layer) =>
    layer.by === 'sliding window'
      ? fc.constant(layer)
      : fc.integer({ min: 0, max: 20 }).map((burst) => ({ ...layer, burst })),
  )

/** A step: time passes, then so many calls come, and perhaps the share of the limit changes. */
const steps = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })),
    calls: fc.integer({ min: 0, max: 40 }),
    fraction: fc.option(fc.constantFrom(0, 0.1, 0.25, 0.33, 0.5, 0.8, 1), { nil: undefined, freq: 3 }),
  }),
  { maxLength: 60 },
)

function placesOf(layer: RateLimitLayer, list: typeof steps extends fc.Arbitrary<infer S> ? S : never): number[] {
  const machine = rateMachine(layer)
  let now = 12_345
  let state = machine.start(now)
  const places: number[] = []
  for (const { afterMs, calls, fraction } of list) {
    now += afterMs
    if (fraction !== undefined) state.fraction = fraction
    state = JSON.parse(JSON.stringify(state)) as typeof state // changes nothing
    for (let i = 0; i < calls; i++) {
      const room = machine.room(state, now, PATIENCE_MS)
      const wait = machine.enter(state, now, PATIENCE_MS, false)
      // What there is room for enters, and what there is none for does not.
      if (Math.abs(wait - PATIENCE_MS) > ROUNDING) expect(wait < PATIENCE_MS).toBe(room > 0)
      if (wait <= PATIENCE_MS) places.push(now + wait)
    }
  }
  return places
}

/** The most places in any window `[t, t + per)`. */
function fullest(places: readonly number[], perMs: number): number {
  let most = 0
  for (let from = 0, to = 0; to < places.length; to++) {
    while ((places[to] ?? 0) - (places[from] ?? 0) >= perMs - ROUNDING) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

describe('a rate limit', () => {
  it('is never exceeded in any window, whatever comes and however its share changes', () => {
    fc.assert(
      fc.property(layers, steps, (layer, list) => {
        const places = placesOf(layer, list)
        expect([...places].sort((a, b) => a - b)).toEqual(places)
        expect(fullest(places, layer.perMs)).toBeLessThanOrEqual(layer.limit + layer.burst)
      }),
      { numRuns: 300 },
    )
  })

  it('is used in full when there is always work', () => {
    for (const by of ['token bucket', 'sliding window'] as const) {
      const machine = rateMachine({ kind: 'rate limit', each: 'connector', by, limit: 50, perMs: 1_000, burst: 0 })
      const state = machine.start(0)
      let made = 0
      for (let now = 0; now < 10_000; now += 10) while (machine.enter(state, now, 20, false) <= 20) made++
      expect(made).toBeGreaterThanOrEqual(500)
      expect(made).toBeLessThanOrEqual(by === 'token bucket' ? 503 : 550)
    }
  })

  it('the token bucket paces evenly', () => {
    const machine = rateMachine({
      kind: 'rate limit',
      each: 'connector',
      by: 'token bucket',
      limit: 4,
      perMs: 1_000,
      burst: 2,
    })
    const state = machine.start(0)
    const waits = () => [0, 1, 2, 3, 4].map(() => machine.enter(state, 10_000, PATIENCE_MS, false))
    expect(machine.room(state, 10_000, 500)).toBe(5)
    expect(waits()).toEqual([0, 0, 0, 250, 500])
  })

  it('a share that grows brings no burst with it, since another worker may have used it', () => {
    const layer: RateLimitLayer = {
      kind: 'rate limit',
      each: 'connector',
      by: 'token bucket',
      limit: 100,
      perMs: 1_000,
      burst: 10,
    }
    const machine = rateMachine(layer)
    const roomAfter = (from: number, to: number): readonly number[] => {
      const state = machine.start(0)
      state.fraction = from
      const before = machine.room(state, 60_000, 0)
      state.fraction = to
      return [before, machine.room(state, 60_000, 0)]
    }
    expect(roomAfter(0.5, 1)).toEqual([6, 6])
    expect(roomAfter(1, 0.5)).toEqual([11, 6])
    expect(roomAfter(0, 1)).toEqual([0, 1])
  })

  it('refuses without reserving', () => {
    const machine = rateMachine({
      kind: 'rate limit',
      each: 'connector',
      by: 'sliding window',
      limit: 1,
      perMs: 60_000,
      burst: 0,
    })
    const state = machine.start(0)
    expect(machine.enter(state, 0, PATIENCE_MS, false)).toBe(0)
    const before = JSON.stringify(state)
    expect(machine.enter(state, 10_000, PATIENCE_MS, false)).toBe(50_000)
    expect(JSON.stringify(state)).toBe(before)
    expect(machine.room(state, 10_000, PATIENCE_MS)).toBe(0)
  })

  it('workers that share a limit and hand their shares around keep to it together', () => {
    const share = fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('token bucket' as const, 'sliding window' as const),
        fc.array(fc.tuple(share, fc.integer({ min: 1, max: 700 })), { minLength: 1, maxLength: 30 }),
        (by, list) => {
          const layer: RateLimitLayer = { kind: 'rate limit', each: 'connector', by, limit: 60, perMs: 1_000, burst: 0 }
          const machine = rateMachine(layer)
          const states = [0, 1, 2].map(() => machine.start(0))
          for (const state of states) state.fraction = 0
          const places: number[] = []
          let now = 0
          for (const [weights, ms] of list) {
            const sum = Math.max(
              1,
              weights.reduce((a, b) => a + b),
            )
            states.forEach((state, i) => {
              state.fraction = (weights[i] ?? 0) / sum
              machine.room(state, now, 0)
            })
            for (const end = now + ms; now < end; now++)
              for (const state of states) while (machine.enter(state, now, 0, false) === 0) places.push(now)
          }
          // Paces of several workers may meet: one call more for each. Each change lets a worker whose share grows begin at once.
          const slack = by === 'sliding window' ? 0 : 3
          const changes = fullestChanges(list.map(([, ms]) => ms))
          expect(fullest(places, layer.perMs)).toBeLessThanOrEqual(layer.limit + slack * (1 + changes))
        },
      ),
      { numRuns: 100 },
    )
  })
})

/** The most changes of share within a second. */
function fullestChanges(lengths: readonly number[]): number {
  const times = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, ms) => sum + ms, 0))
  return fullest(times, 1_000)
}
