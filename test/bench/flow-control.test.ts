import { describe, expect, it } from 'vitest'
import { bySecond, capacity } from '../../bench/badday/capacity.ts'
import { Marks, missing } from '../../bench/badday/marks.ts'
import { quantiles } from '../../bench/headline/quantiles.ts'
import { refusedOf, SHARES, shedOf, streams } from '../../bench/overload/classes.ts'

describe('what a provider of the benchmarks takes', () => {
  it('is so many in any second, and a refusal does not count', () => {
    const takes = capacity(3)
    const at = [0, 10, 20, 30, 999, 1_000, 1_005, 1_010, 1_020, 1_021]
    expect(at.map(takes)).toEqual([true, true, true, false, false, true, false, true, true, false])
  })

  it('is counted by whole seconds of the time asked for', () => {
    expect(bySecond([99, 100, 1_099, 1_100, 2_099, 2_100], 100, 2_600)).toEqual([2, 2])
    expect(bySecond([], 0, 3_000)).toEqual([0, 0, 0])
  })
})

describe('marks', () => {
  it('know what was seen, and what of it another has not', () => {
    const [sent, seen] = [new Marks(), new Marks()]
    for (const n of [0, 7, 8, 9_000]) expect(sent.mark(n)).toBe(true)
    expect(sent.mark(9_000)).toBe(false)
    for (const n of [7, 9_000, 12_345]) seen.mark(n)
    expect(sent.count).toBe(4)
    expect(missing(sent.text(), seen.text())).toBe(2)
    expect(missing(seen.text(), sent.text())).toBe(1)
    expect(missing(sent.text(), '')).toBe(4)
    expect(missing('', sent.text())).toBe(0)
  })
})

describe('the load of `overload`', () => {
  it('is what was asked for, in its shares', () => {
    const all = streams('flood', 1_000)
    expect(all.map(({ name, perSecond }) => [name, perSecond])).toEqual([
      ['critical flood', 100],
      ['normal flood', 300],
      ['bulk flood', 600],
    ])
    expect(Object.values(SHARES).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
  })

  it('is shed as often as its senders were told', () => {
    const scrape = [
      '# TYPE tieline_gateway_shed_total counter',
      'tieline_gateway_shed_total{source="events",class="bulk"} 12',
      'tieline_gateway_shed_total{source="other",class="bulk"} 3',
      'tieline_gateway_shed_total{source="events",class="normal"} 2',
    ].join('\n')
    expect(shedOf(scrape)).toEqual({ bulk: 15, normal: 2 })
    expect(
      refusedOf({
        '202': 100,
        '503 OVERLOADED class': 12,
        '429 OVERLOADED share': 3,
        '503 OVERLOADED memory': 1,
        '429 RATE_EXCEEDED source': 5,
        'no answer': 1,
      }),
    ).toBe(15)
  })
})

it('quantiles are of the values, not between them', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(quantiles(hundred)).toEqual({ p50: 51, p99: 100, max: 100 })
})
