import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastMs, pauseMs, quietMs, renewBeforeMs } from './lifetime.ts'

const life = fc.integer({ min: 1_000, max: 30 * 86_400_000 })
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('a token is renewed before it is withheld, after at least half its life, and 60 s or 10 % before its end where it lives that long', () => {
  fc.assert(
    fc.property(life, chance, (lifeMs, random) => {
      const before = renewBeforeMs(lifeMs, () => random)
      expect(before).toBeLessThanOrEqual(lifeMs / 2)
      expect(before).toBeGreaterThan(lastMs(lifeMs))
      expect(lastMs(lifeMs)).toBe(Math.min(30_000, lifeMs / 4))
      if (lifeMs >= 180_000) expect(before).toBeGreaterThanOrEqual(Math.max(60_000, lifeMs / 10))
    }),
  )
})

test('a pause grows to a minute, is never shorter than Retry-After, and never longer than an hour', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.option(fc.nat(10_000_000)),
      chance,
      (failures, asked, random) => {
        const pause = pauseMs(failures, asked ?? undefined, () => random)
        expect(pause).toBeGreaterThanOrEqual(Math.min(asked ?? 0, 3_600_000))
        expect(pause).toBeLessThanOrEqual(Math.max(60_000, Math.min(asked ?? 0, 3_600_000)))
        if (failures >= 7) expect(pause).toBeGreaterThanOrEqual(30_000)
      },
    ),
  )
})

test('refusals in a row are believed ever later', () => {
  expect([0, 1, 2, 10, 2_000].map(quietMs)).toEqual([10_000, 20_000, 40_000, 300_000, 300_000])
})
