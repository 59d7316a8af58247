import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dedupe } from './dedupe.ts'

const always = (): boolean => true

test('at least the newest so many are known, the oldest are forgotten', () => {
  const dedupe = new Dedupe(1_000)
  for (let id = 1; id <= 5_500; id++) dedupe.add(id * 7_919, id)
  for (let id = 4_501; id <= 5_500; id++) expect(dedupe.find(id * 7_919, always)).toBe(id)
  expect(dedupe.find(7_919, always)).toBe(0)
  expect(dedupe.from).toBeGreaterThan(3_000)
})

test('of equal hashes the one that is the same is found', () => {
  const dedupe = new Dedupe(100)
  for (const id of [5, 9, 12]) dedupe.add(42, id)
  expect(dedupe.find(42, (id) => id === 9)).toBe(9)
  expect(dedupe.find(42, () => false)).toBe(0)
})

test('whatever was added is found through every growth', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.maxSafeNat(), { minLength: 1, maxLength: 9_000, size: 'max' }), (hashes) => {
      const dedupe = new Dedupe(1_000_000)
      hashes.forEach((hash, i) => {
        dedupe.add(hash || 1, 2 ** 33 + i)
      })
      return hashes.every((hash, i) => dedupe.find(hash || 1, (id) => id === 2 ** 33 + i) === 2 ** 33 + i)
    }),
    { numRuns: 10 },
  )
})
