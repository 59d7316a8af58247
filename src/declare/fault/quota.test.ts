import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quotaOf } from './quota.ts'

type Headers = Readonly<Record<string, string>>

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT'
const NOW_S = Date.UTC(2026, 0, 1) / 1_000
const left = (headers: Headers): readonly (number | undefined)[] => {
  const found = quotaOf(headers)
  return [found?.remaining, found?.resetMs]
}
const nothing = [undefined, undefined]

describe('RateLimit, as the draft has it now', () => {
  test.each([
    ['"default";r=50;t=30', [50, 30_000]],
    ['"default";r=0;t=0', [0, 0]],
    ['"default"; r=50; t=30; pk=:dHJpYWwxMjE=:', [50, 30_000]],
    ['"default";r=999;pk=:dHJpYWwxMjE=:;t=10', [999, 10_000]],
    ['"day";r=100;t=36000,\t"hour";r=90;t=10', [90, 10_000]],
    ['"a;r=1,\\"x\\"";r=7;t=1', [7, 1_000]],
    ['"default";r=50;t=30;later="comment, with; signs";more;why=?1;when=@1700000000', [50, 30_000]],
    ['"default";r=50;r=40;t=3', [40, 3_000]],
    ['default;r=50;t=30', nothing],
    ['"default";t=30', nothing],
    ['"default";r=50', nothing],
    ['"default";r=-1;t=30', nothing],
    ['"default";r="50";t=30', nothing],
    ['"default";r=50;t=30,', nothing],
    ['"default;r=50;t=30', nothing],
    ['"default";r=50;t=30 x', nothing],
    ['"défaut";r=50;t=30', nothing],
    ['"default";r=50;t=3O', nothing],
    ['', nothing],
  ])('%s', (ratelimit, expected) => {
    expect(left({ ratelimit })).toEqual(expected)
  })

  test('its policy says the window where there is no reset, and the unit', () => {
    const policy = '"hour";q=1000;w=3600, "bytes";q=65535;qu="content-bytes";w=10, "calls";q=9;qu="requests";w=5'
    const by = (ratelimit: string) => left({ ratelimit, 'ratelimit-policy': policy })
    expect(by('"hour";r=9')).toEqual([9, 3_600_000])
    expect(by('"bytes";r=1;t=1, "hour";r=9;t=2')).toEqual([9, 2_000])
    expect(by('"calls";r=3')).toEqual([3, 5_000])
    expect(by('"other";r=3')).toEqual(nothing)
    expect(left({ 'ratelimit-policy': policy })).toEqual(nothing)
  })

  test('a cached answer says nothing of now', () => {
    expect(left({ ratelimit: '"default";r=50;t=30', age: '7' })).toEqual(nothing)
    expect(left({ ratelimit: '"default";r=50;t=30', age: '0' })).toEqual([50, 30_000])
  })
})

test('RateLimit, as the draft had it before', () => {
  expect(left({ ratelimit: 'limit=100, remaining=50, reset=30' })).toEqual([50, 30_000])
  expect(left({ ratelimit: 'remaining=50' })).toEqual(nothing)
})

describe.each(['ratelimit', 'x-ratelimit', 'x-rate-limit'])('%s-*', (prefix) => {
  const by = (remaining: string, reset: string, date?: string) =>
    left({ [`${prefix}-remaining`]: remaining, [`${prefix}-reset`]: reset, ...(date !== undefined && { date }) })

  test.each([
    ['50', '30', [50, 30_000]],
    [' 50 ', ' 30 ', [50, 30_000]],
    ['0', '0.25', [0, 250]],
    ['50', '99999999', [50, 3_600_000]],
    ['50', String(NOW_S + 30), [50, 30_000]],
    ['50', `${NOW_S + 30}.5`, [50, 30_500]],
    ['50', String((NOW_S + 30) * 1_000), [50, 30_000]],
    ['50', String(NOW_S - 30), [50, 0]],
    ['50', String(NOW_S + 86_400), [50, 3_600_000]],
    ['999999999999999', '1', [1_000_000_000, 1_000]],
    ['50', '500000000', nothing], // neither three years nor a time after 2001
    ['50', '500000000000', nothing],
    ['50', '-30', nothing],
    ['50', 'soon', nothing],
    ['50', '1e3', nothing],
    ['50', '', nothing],
    ['', '30', nothing],
    ['-1', '30', nothing],
    ['1.5', '30', nothing],
    ['50, 49', '30', nothing],
    ['Infinity', '30', nothing],
  ])('%j until %j', (remaining, reset, expected) => {
    expect(by(remaining, reset, DATE)).toEqual(expected)
  })

  test.each([undefined, '', '2026-01-01', 'Thu, 99 Jan 2026 00:00:00 GMT', 'now'])(
    'a time is none without the answer’s own Date: %j',
    (date) => {
      expect(by('50', String(NOW_S + 30), date)).toEqual(nothing)
      expect(by('50', '30', date)).toEqual([50, 30_000])
    },
  )
})

test('the least that is left counts; of equals the longest', () => {
  const both = {
    'ratelimit-remaining': '5',
    'ratelimit-reset': '1',
    'x-ratelimit-remaining': '5',
    'x-ratelimit-reset': '9',
  }
  expect(left(both)).toEqual([5, 9_000])
  expect(left({ ...both, ratelimit: '"a";r=4;t=2' })).toEqual([4, 2_000])
})

test('any text gives nothing, or numbers within their bounds', () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.bigInt(), fc.constantFrom(NOW_S, NOW_S * 1_000)).map(String)
  const piece = fc.oneof(
    fc.constantFrom(
      '"a"',
      '"',
      ';',
      ',',
      '=',
      'r',
      't',
      'r=',
      't=',
      'q=1',
      'w=',
      'qu="requests"',
      ' ',
      '\\',
      ':',
      '?1',
      '@1',
    ),
    number,
    fc.string({ maxLength: 5 }),
  )
  const field = fc.oneof(
    fc.string(),
    number,
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    fc.tuple(number, number).map(([r, t]) => `"a";r=${r};t=${t}`),
  )
  const headers = fc.record(
    Object.fromEntries(
      ['ratelimit', 'ratelimit-policy', 'date', 'age']
        .concat(['ratelimit', 'x-ratelimit', 'x-rate-limit'].flatMap((name) => [`${name}-remaining`, `${name}-reset`]))
        .map((name) => [name, name === 'date' ? fc.oneof(fc.constant(DATE), field) : field]),
    ),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(headers as fc.Arbitrary<Headers>, (any) => {
      const found = quotaOf(any)
      if (found === undefined) return
      expect(Number.isInteger(found.remaining) && Number.isInteger(found.resetMs)).toBe(true)
      expect(found.remaining).toBeGreaterThanOrEqual(0)
      expect(found.remaining).toBeLessThanOrEqual(1_000_000_000)
      expect(found.resetMs).toBeGreaterThanOrEqual(0)
      expect(found.resetMs).toBeLessThanOrEqual(3_600_000)
    }),
    { numRuns: 3_000 },
  )
})

test('a field of more than 4096 characters is not read', () => {
  const member = '"default";r=50;t=30, '
  expect(left({ ratelimit: `${member.repeat(190)}"a";r=1;t=1` })).toEqual([1, 1_000])
  expect(left({ ratelimit: `${member.repeat(200)}"a";r=1;t=1` })).toEqual(nothing)
})

test.each(['"', '\\', ',', ';', '"a";r=1,', 'a', '9', ' ', ';a'])('a long field of %j takes no time', (piece) => {
  const ratelimit = piece.repeat(1_000_000)
  expect(quotaOf({ ratelimit })).toBeUndefined()
  expect(
    quotaOf({ ratelimit: ratelimit.slice(0, 4_096), 'x-ratelimit-reset': ratelimit, 'x-ratelimit-remaining': '1' }),
  ).toBeUndefined()
})
