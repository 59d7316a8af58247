import { describe, expect, test } from 'vitest'
import { type PlanOptions, planOf, type Strike } from './rig/plan/plan.ts'
import { POINTS } from './rig/plan/points.ts'
import { STORES } from './rig/supervise/store.ts'

const count = (plan: readonly Strike[], as: Strike['as']): number => plan.filter((one) => one.as === as).length

for (const store of Object.values(STORES)) {
  const { points, calmMs } = store
  // What this machine cannot do is planned here all the same.
  const disk = store.name === 'sqlite' ? { 'with a full disk': 0.025, 'after a full disk': 0.025 } : {}
  const mixture = { ...store.mixture, ...disk }
  const options = (change: Partial<PlanOptions>): PlanOptions => ({
    kills: 100,
    seed: 7,
    points,
    mixture,
    calmMs,
    ...change,
  })

  describe(store.name, () => {
    test('a seed decides the plan, and another seed another one', () => {
      expect(planOf(options({}))).toEqual(planOf(options({})))
      expect(planOf(options({ seed: 8 }))).not.toEqual(planOf(options({})))
    })

    test('each named point is there from as many kills on as there are points; every hundred has each thing that can happen beside', () => {
      for (let seed = 1; seed <= 50; seed++) {
        const fewest = planOf(options({ kills: points.length, seed }))
        expect(fewest.map(({ as }) => as).toSorted()).toEqual(points.toSorted())
        const hundred = planOf(options({ seed }))
        expect(hundred).toHaveLength(100)
        for (const point of points) expect(count(hundred, point)).toBeGreaterThan(0)
        for (const [name, share] of Object.entries(mixture))
          expect([name, count(hundred, name as Strike['as'])]).toEqual([name, Math.ceil(100 * share)])
        expect(count(hundred, 'at random')).toBeGreaterThan(10)
      }
    })

    test('few kills are points as well, and what is not in the mixture is not planned', () => {
      expect(planOf(options({ kills: 1 }))).toHaveLength(1)
      const without = planOf(options({ kills: 200, mixture: {} }))
      expect(without.filter(({ as }) => as !== 'at random' && !(points as readonly string[]).includes(as))).toEqual([])
    })

    test('what is to outlive a lease does, and a passage is one that is reached', () => {
      for (const strike of planOf(options({ kills: 1_000, seed: 3 }))) {
        if (strike.as.endsWith('past the lease')) expect('forMs' in strike && strike.forMs).toBeGreaterThan(10_000)
        if (!('passage' in strike)) continue
        expect(strike.passage).toBeGreaterThanOrEqual(1)
        expect(strike.passage).toBeLessThanOrEqual(POINTS[strike.as].passages)
      }
    })
  })
}
