import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRIORITIES } from '../../src/declare/flow/flow.ts'
import { ratioOf } from '../../src/engine/pressure/gauge.ts'
import { CALM_MS, climb, ladder, OPENING_MS, opening } from '../../src/engine/pressure/ladder.ts'
import { isCalm, letIn, refusedBy, step, type Zone, zone } from '../../src/engine/pressure/zone.ts'

const LOOK = 250
const ratio = fc.oneof(fc.double({ min: 0, max: 8, noNaN: true }), fc.constantFrom(0, 0.5, 1, 2, 4))

/** The level after each look at these ratios. */
function levels(ratios: readonly number[]): number[] {
  const on = ladder(0)
  return ratios.map((one, i) => {
    climb(on, one, i * LOOK)
    return on.level
  })
}

const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value)
const looks = (ms: number): number => ms / LOOK

describe('the levels', () => {
  it('are never lower for worse measures, and bulk is never let in more', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ratio, fc.constantFrom(0, 0.3, 3)), { maxLength: 60 }), (pairs) => {
        const [good, bad] = [ladder(0), ladder(0)]
        for (const [i, [better, worse]] of pairs.entries()) {
          const now = i * LOOK
          climb(good, better, now)
          climb(bad, better + worse, now)
          expect(bad.level).toBeGreaterThanOrEqual(good.level)
          expect(opening(bad, now)).toBeLessThanOrEqual(opening(good, now))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('do not see what one look sees: a burst, a pause of the garbage collector', () => {
    expect(levels([0, 0, 50, 0, 0, 50, 0, 0, 0])).toEqual(times(9, 0))
  })

  it('rise at the second look at what stands', () => {
    expect(levels([0, 1, 1])).toEqual([0, 0, 1])
    expect(levels([0, 4, 4])).toEqual([0, 0, 2])
    expect(levels([1, 1, 4, 4])).toEqual([0, 1, 1, 2])
  })

  it('stay at their edge, and fall one at a time after two calm seconds each', () => {
    expect(levels([1, 1, ...times(40, 0.5)]).at(-1)).toBe(1)
    expect(levels([4, 4, ...times(40, 2)]).at(-1)).toBe(2)
    const falling = levels([4, 4, ...times(40, 0)])
    const two = falling.filter((level) => level === 2).length
    const one = falling.filter((level) => level === 1).length
    expect(two).toBeGreaterThanOrEqual(looks(CALM_MS))
    expect(one).toBe(looks(CALM_MS))
    expect(falling.at(-1)).toBe(0)
  })

  it('open again by degrees', () => {
    const on = ladder(0)
    expect(opening(on, 0)).toBe(1)
    for (let now = 0; on.openSinceMs < 0; now += LOOK) climb(on, now < 1_000 ? 1 : 0, now)
    expect(opening(on, on.openSinceMs)).toBe(0)
    expect(opening(on, on.openSinceMs + OPENING_MS / 2)).toBe(0.5)
    expect(opening(on, on.openSinceMs + OPENING_MS)).toBe(1)
  })
})

it('a worse measure is never a smaller ratio', () => {
  const measure = fc.record({
    acceptMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
    loopMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
    waitedMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
    memory: fc.double({ min: 0, max: 2, noNaN: true }),
    storeFull: fc.boolean(),
  })
  fc.assert(
    fc.property(measure, measure, (a, b) => {
      const worse = {
        acceptMs: Math.max(a.acceptMs, b.acceptMs),
        loopMs: Math.max(a.loopMs, b.loopMs),
        waitedMs: Math.max(a.waitedMs, b.waitedMs),
        memory: Math.max(a.memory, b.memory),
        storeFull: a.storeFull || b.storeFull,
      }
      expect(ratioOf(worse)).toBeGreaterThanOrEqual(ratioOf(a))
    }),
  )
})

describe('who is refused', () => {
  const sender = (tenant: string) => ({ source: 'shop', tenant })

  /** Sends for a while and tells how many of each tenant were let in during each second. */
  function run(on: Zone, rates: Readonly<Record<string, number>>, seconds: number, press: number, from: number) {
    const taken: Record<string, number>[] = []
    for (let second = 0; second < seconds; second++) {
      const now: Record<string, number> = {}
      for (let part = 0; part < 4; part++) {
        const at = from + second * 1_000 + part * LOOK
        step(on, press, at)
        for (const [tenant, rate] of Object.entries(rates)) {
          for (let i = 0; i < rate / 4; i++) {
            if (refusedBy(on, 'normal', sender(tenant), at, 0) !== undefined) continue
            letIn(on, sender(tenant))
            now[tenant] = (now[tenant] ?? 0) + 1
          }
        }
      }
      taken.push(now)
    }
    return taken
  }

  it('never critical, whatever was seen', () => {
    fc.assert(
      fc.property(fc.array(ratio), fc.nat(), (ratios, later) => {
        const on = zone(0)
        for (const [i, one] of ratios.entries()) {
          step(on, one, i * LOOK)
          letIn(on, sender('a'))
        }
        expect(refusedBy(on, 'critical', sender('a'), ratios.length * LOOK + later, 0.999)).toBe(undefined)
      }),
    )
  })

  it('at level 0 nobody, at level 1 bulk alone', () => {
    const on = zone(0)
    for (const priority of PRIORITIES) expect(refusedBy(on, priority, sender('a'), 0, 0.999)).toBe(undefined)
    step(on, 1, 0)
    step(on, 1, LOOK)
    expect(PRIORITIES.map((one) => refusedBy(on, one, sender('a'), LOOK, 0))).toEqual([undefined, undefined, 'class'])
  })

  it('at level 2 the loudest sender first, and a quiet one never', () => {
    const on = zone(0)
    const rates = { loud: 1_000, middle: 80, quiet: 8 }
    expect(run(on, rates, 1, 1, 0)).toEqual([rates])
    const taken = run(on, rates, 2, 4, 1_000)
    expect(taken[0]?.['loud']).toBeLessThan(900)
    expect(taken[0]?.['middle']).toBe(80)
    expect(taken[1]?.['loud']).toBeLessThan(250)
    expect(taken[1]?.['loud']).toBeGreaterThan(0)
    const [loud, middle] = ['loud', 'middle'].map((name) => taken.reduce((sum, now) => sum + (now[name] ?? 0), 0))
    expect(loud).toBeGreaterThanOrEqual(middle ?? 0) // slowed, not shut out
    expect(taken.every(({ quiet }) => quiet === 8)).toBe(true)
  })

  it('and everybody is back by degrees when it is over', () => {
    const on = zone(0)
    run(on, { loud: 1_000, quiet: 8 }, 3, 4, 0)
    const back = run(on, { loud: 1_000, quiet: 8 }, 40, 0, 3_000)
    expect(back[3]?.['loud']).toBeLessThan(1_000)
    expect(back.at(-1)).toEqual({ loud: 1_000, quiet: 8 })
    expect(isCalm(on, 43_000)).toBe(true)
  })

  it('and what is kept of senders is bounded', () => {
    const on = zone(0)
    for (let i = 0; i < 20_000; i++) letIn(on, sender(`t${i}`))
    expect(on.shares.heard.get('shop')?.size).toBeLessThanOrEqual(4_097)
    for (let i = 1; i < 100; i++) step(on, 0, i * LOOK)
    expect([on.shares.heard.size, on.shares.senders]).toEqual([0, 0])
  })

  it('a long rest does not count as a long time of pressure', () => {
    const on = zone(0)
    letIn(on, sender('a'))
    step(on, 4, 3_600_000)
    step(on, 4, 3_600_250)
    expect(refusedBy(on, 'normal', sender('a'), 3_600_250, 0)).toBe(undefined)
  })
})
