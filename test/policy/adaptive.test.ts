import { describe, expect, it } from 'vitest'
import type { AdaptiveLayer } from '../../src/declare/policy/layer.ts'
import { type AdaptiveState, adaptiveMachine } from '../../src/declare/policy/machine/adaptive.ts'

/** Mulberry32, so that a failure can be run again. */
function randomOf(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Served {
  readonly began: number
  readonly ends: number
  readonly failed: boolean
}

/**
 * A server that works on `places` calls at the same time, 70 to 130 ms each, and queues the rest (or refuses it), with always more work
 * to be had than the limit lets through. Gives the mean limit of the last quarter of each period.
 */
function simulate(layer: AdaptiveLayer, periods: readonly number[], refuses: boolean, seed: number, stored = false) {
  const random = randomOf(seed)
  const machine = adaptiveMachine(layer)
  let state: AdaptiveState = machine.start(0)
  let now = 0
  let free: number[] = []
  const running: Served[] = []
  const PERIOD_MS = 100_000
  return periods.map((places, period) => {
    free = [...free].sort((a, b) => b - a).slice(0, places)
    while (free.length < places) free.push(now)
    const end = (period + 1) * PERIOD_MS
    let sum = 0
    let weight = 0
    while (now < end) {
      if (stored) state = JSON.parse(JSON.stringify(state)) as AdaptiveState
      while (machine.enter(state, now, 0, false) === 0) running.push(serve())
      let first = 0
      for (let i = 1; i < running.length; i++) if (running[i]!.ends < running[first]!.ends) first = i
      const [done] = running.splice(first, 1) as [Served]
      if (done.ends > end - PERIOD_MS / 4) {
        sum += state.limit * (done.ends - now)
        weight += done.ends - now
      }
      now = done.ends
      machine.leave(state, now, done.failed ? 'failed' : 'ok', now - done.began)
    }
    return sum / weight

    function serve(): Served {
      if (refuses && running.filter(({ failed }) => !failed).length >= places)
        return { began: now, ends: now + 5, failed: true }
      let soonest = 0
      for (let i = 1; i < free.length; i++) if (free[i]! < free[soonest]!) soonest = i
      const ends = Math.max(now, free[soonest]!) + 70 + 60 * random()
      free[soonest] = ends
      return { began: now, ends, failed: false }
    }
  })
}

const layerOf = (by: AdaptiveLayer['by'], initial = 4): AdaptiveLayer => ({
  kind: 'adaptive',
  each: 'connector',
  by,
  min: 1,
  max: 400,
  initial,
})

describe.each(['gradient', 'vegas', 'aimd'] as const)('adaptive concurrency by %s', (by) => {
  it.each([1, 2, 3, 4, 5])('finds the limit of a server, and follows it up and down (seed %i)', (seed) => {
    const places = [30, 80, 25, 60]
    const found = simulate(layerOf(by), places, by === 'aimd', seed)
    for (const [i, limit] of found.entries()) expect(limit / places[i]!, `${found} of ${places}`).toBeGreaterThan(0.8)
    for (const [i, limit] of found.entries()) expect(limit / places[i]!, `${found} of ${places}`).toBeLessThan(1.2)
  })

  it('is the same with its state stored in the middle', () => {
    const run = (stored: boolean) => simulate(layerOf(by), [10], by === 'aimd', 7, stored)
    expect(run(true)).toEqual(run(false))
  })

  it('stays within its bounds', () => {
    const [low] = simulate({ ...layerOf(by, 6), min: 6 }, [2], by === 'aimd', 1)
    const [high] = simulate({ ...layerOf(by), max: 9 }, [50], by === 'aimd', 1)
    expect([low! >= 6, high! <= 9, high! > 8]).toEqual([true, true, true])
  })
})

describe('adaptive concurrency', () => {
  it('does not grow on calls that it does not limit', () => {
    const machine = adaptiveMachine(layerOf('vegas', 20))
    const state = machine.start(0)
    for (let now = 0; now < 60_000; now += 100) {
      machine.enter(state, now, 0, false)
      machine.leave(state, now + 50, 'ok', 50)
    }
    expect(state.limit).toBe(20)
  })

  it('by latency: gives way to failures above the usual, once a round', () => {
    const machine = adaptiveMachine(layerOf('gradient', 100))
    const state = machine.start(0)
    for (let i = 0; i < 100; i++) machine.enter(state, 0, 0, false)
    for (let i = 0; i < 100; i++) machine.leave(state, 1_000, 'failed', 1_000)
    expect(state.limit).toBe(90)
  })

  it('aimd: a slow call counts as failed', () => {
    const machine = adaptiveMachine({ ...layerOf('aimd', 10), slowAfterMs: 500 })
    const state = machine.start(0)
    machine.enter(state, 0, 0, false)
    machine.leave(state, 501, 'ok', 501)
    expect(state.limit).toBe(9)
  })
})
