import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fairShares, fairSlots } from '../../src/engine/gates/share.ts'

const wants = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 })
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

describe('shares of a limit', () => {
  test('those who want all get equal parts, those who want little get that and an equal part of what is left', () => {
    expect(fairShares([1, 1, 1, 1])).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(fairShares([1, 0.02, 0.02]).map((one) => one.toFixed(2))).toEqual(['0.96', '0.02', '0.02'])
    expect(fairShares([0, 0])).toEqual([0.5, 0.5])
  })

  test('are the whole, never more', () => {
    fc.assert(
      fc.property(wants, (all) => {
        expect(sum(fairShares(all))).toBeCloseTo(1, 9)
      }),
    )
  })

  test('nobody gets more than he wants while another goes short', () => {
    fc.assert(
      fc.property(wants, (all) => {
        const shares = fairShares(all)
        const short = shares.findIndex((share, i) => share < (all[i] as number) - 1e-9)
        if (short < 0) return
        shares.forEach((share) => {
          expect(share).toBeLessThanOrEqual((shares[short] as number) + 1e-9)
        })
      }),
    )
  })
})

describe('slots', () => {
  test('are all given out, each to one', () => {
    fc.assert(
      fc.property(wants, fc.integer({ min: 1, max: 100 }), fc.nat(), (all, slots, turn) => {
        const given = fairSlots(all, slots, turn)
        expect(sum(given)).toBe(slots)
        for (const one of given) expect(one).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('where there are fewer than workers, each has one in his turn', () => {
    const turns = [0, 1, 2].map((turn) => fairSlots([1, 1, 1], 1, turn))
    expect(turns).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect(fairSlots([1, 1, 1, 1], 8, 3)).toEqual([2, 2, 2, 2])
  })
})
