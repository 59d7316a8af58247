import { expect, test } from 'vitest'
import { planOf, type Strike } from './rig/plan/plan.ts'
import { POINT_NAMES, POINTS } from './rig/plan/points.ts'

const count = (plan: readonly Strike[], as: Strike['as']): number => plan.filter((one) => one.as === as).length

test('a seed decides the plan, and another seed another one', () => {
  const options = { kills: 100, seed: 7, fullDisk: true }
  expect(planOf(options)).toEqual(planOf(options))
  expect(planOf({ ...options, seed: 8 })).not.toEqual(planOf(options))
})

test('each named point is there from as many kills on as there are points; every hundred has its pause and its full disks', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const fewest = planOf({ kills: POINT_NAMES.length, seed, fullDisk: true })
    expect(fewest.map(({ as }) => as).toSorted()).toEqual(POINT_NAMES.toSorted())
    const hundred = planOf({ kills: 100, seed, fullDisk: true })
    expect(hundred).toHaveLength(100)
    for (const point of POINT_NAMES) expect(count(hundred, point)).toBeGreaterThan(0)
    expect(count(hundred, 'paused past the lease')).toBe(1)
    expect(count(hundred, 'with a full disk')).toBe(3)
    expect(count(hundred, 'after a full disk')).toBe(3)
    expect(count(hundred, 'while starting')).toBe(6)
    expect(count(hundred, 'at random')).toBeGreaterThan(10)
  }
})

test('few kills are points as well, and what the machine cannot do is not planned', () => {
  expect(planOf({ kills: 1, seed: 1, fullDisk: true })).toHaveLength(1)
  const without = planOf({ kills: 200, seed: 1, fullDisk: false })
  expect(without.filter(({ as }) => as.endsWith('full disk'))).toEqual([])
})

test('a pause is longer than a lease, and a passage is one that is reached', () => {
  for (const strike of planOf({ kills: 1_000, seed: 3, fullDisk: true })) {
    if (strike.as === 'paused past the lease') expect(strike.forMs).toBeGreaterThan(10_000)
    if (!('passage' in strike)) continue
    expect(strike.passage).toBeGreaterThanOrEqual(1)
    expect(strike.passage).toBeLessThanOrEqual(POINTS[strike.as].passages)
  }
})
