import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf } from './instant.ts'

const FIRST = Date.UTC(2000, 0) - 2_000 * 365.2425 * 86_400_000 // 0000-01-01T00:00:00.000Z
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

describe('instantOf', () => {
  it('writes what Date writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), (ms) => instantOf(ms) === new Date(ms).toISOString()),
      { numRuns: 2_000, examples: [[FIRST], [LAST], [0], [-1], [Date.UTC(2000, 1, 29)], [Date.UTC(1900, 1, 28)]] },
    )
  })

  it('knows instants before 1970', () => expect(instantOf(-1)).toBe('1969-12-31T23:59:59.999Z'))
  it('rounds parts of a millisecond', () => expect(instantOf(1_700_000_000_122.9998)).toBe('2023-11-14T22:13:20.123Z'))

  it.each([FIRST - 1, LAST + 1, LAST + 0.6, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '5', null, undefined, 5n])(
    'refuses %s',
    (given) => expect(() => instantOf(given as number)).toThrow(/years 0000 to 9999/),
  )
})
