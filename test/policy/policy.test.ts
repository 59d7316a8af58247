import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/core/codes.ts'
import { TielineError } from '../../src/core/error.ts'
import { adaptive } from '../../src/declare/policy/adaptive.ts'
import { decorrelatedJitter, equalJitter, fullJitter } from '../../src/declare/policy/backoff.ts'
import { breaker } from '../../src/declare/policy/breaker.ts'
import { bulkhead } from '../../src/declare/policy/bulkhead.ts'
import { fallbackTo } from '../../src/declare/policy/fallback-to.ts'
import { hedge } from '../../src/declare/policy/hedge.ts'
import { type Policy, policy, retry, timeout } from '../../src/declare/policy/policy.ts'
import { rateLimit } from '../../src/declare/policy/rate-limit.ts'
import { retryBudget } from '../../src/declare/policy/retry-budget.ts'

const all: Policy = policy(
  fallbackTo({ prices: [] }, 'no discounts are right, only dearer'),
  bulkhead(8),
  retry({ attempts: 3, max: '2s', jitter: 'decorrelated', budget: retryBudget() }),
  breaker({ failures: 5, within: '30s', halfOpenAfter: '1m' }),
  rateLimit({ limit: 100, per: '10s', burst: 10, each: 'tenant' }),
  adaptive({ by: 'vegas', max: 64 }),
  hedge({ after: '300ms' }),
  timeout({ total: '10s', connect: '1s', firstByte: '5s' }),
)

describe('a policy', () => {
  it('is frozen JSON, outermost first', () => {
    expect(JSON.parse(JSON.stringify(all))).toEqual(all)
    expect(all.layers.map(({ kind }) => kind)).toEqual([
      'fallback',
      'bulkhead',
      'retry',
      'breaker',
      'rate limit',
      'adaptive',
      'hedge',
      'timeout',
    ])
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(all)).toBe(true)
  })

  it('has the defaults that its documents name', () => {
    expect(breaker({ failureRate: 0.5 }).layers).toEqual([
      {
        kind: 'breaker',
        each: 'connector',
        window: { ms: 30_000 },
        failureRate: 0.5,
        minimum: 20,
        halfOpenAfterMs: 60_000,
        probes: 3,
      },
    ])
    expect(breaker({ slowAfter: '2s', within: 10 }).layers[0]).toMatchObject({
      window: { calls: 10 },
      slowAfterMs: 2_000,
      slowRate: 1,
      minimum: 10,
    })
    expect(retryBudget()).toMatchObject({ ratio: 0.2, minPerSecond: 10, withinMs: 10_000 })
    expect(retryBudget.aws()).toMatchObject({ tokens: 500, retryCost: 5, timeoutCost: 10, refund: 1 })
    expect(adaptive({ by: 'aimd', max: 2 }).layers[0]).toMatchObject({ min: 1, max: 2, initial: 2 })
  })

  it('does not freeze what it was given', () => {
    const value = { list: [1] }
    fallbackTo(value, 'it will do')
    expect(Object.isFrozen(value.list)).toBe(false)
  })

  it.each<readonly [() => unknown, string]>([
    [() => timeout('0ms'), 'timeout "0ms"'],
    [() => timeout('soon' as '1s'), 'timeout: "soon" is no duration'],
    [() => timeout({ total: '1s', connect: '2s' }), "timeout connect '2s': it is longer than total '1s'"],
    [() => timeout({ total: '1s', firstByte: '0s' }), 'timeout firstByte "0s"'],
    [() => retry({ attempts: 0 }), 'retry attempts 0'],
    [() => retry({ attempts: 11 }), 'retry attempts 11'],
    [() => retry({ attempts: 2, base: '0s' }), 'retry base'],
    [() => retry({ attempts: 2, jitter: 'none' as 'full' }), 'retry jitter "none"'],
    [() => retryBudget({ ratio: 0 }), 'retryBudget ratio 0'],
    [() => retryBudget({ minPerSecond: -1 }), 'retryBudget minPerSecond -1'],
    [() => retryBudget({ minPerSecond: Number.NaN }), 'retryBudget minPerSecond NaN'],
    [() => retryBudget.aws({ tokens: 1 }), 'retryBudget.aws tokens 1'],
    [() => breaker({}), 'breaker: say when it opens'],
    [() => breaker({ failures: 0 }), 'breaker failures 0'],
    [() => breaker({ failures: 11, within: 10 }), 'breaker failures 11'],
    [() => breaker({ failureRate: 50 }), 'breaker failureRate 50'],
    [() => breaker({ failures: 1, slowRate: 0.5 }), 'breaker slowRate'],
    [() => breaker({ failures: 1, within: 0 }), 'breaker within 0'],
    [() => breaker({ failures: 1, probes: 0 }), 'breaker probes 0'],
    [() => breaker({ failureRate: 0.5, minimum: 50, within: 20 }), 'breaker minimum 50'],
    [() => bulkhead(0), 'bulkhead limit 0'],
    [() => bulkhead(1.5), 'bulkhead limit 1.5'],
    [() => bulkhead(1, { each: 'flow' as 'tenant' }), 'bulkhead each "flow"'],
    [() => rateLimit({ limit: 0, per: '1s' }), 'rateLimit limit 0'],
    [() => rateLimit({ limit: 1, per: '0s' }), 'rateLimit per'],
    [() => rateLimit({ limit: 1, per: '1s', burst: -1 }), 'rateLimit burst -1'],
    [() => rateLimit({ limit: 9, per: '1s', by: 'sliding window', burst: 1 }), 'rateLimit burst'],
    [() => rateLimit({ limit: 10_001, per: '1s', by: 'sliding window' }), 'rateLimit limit 10001'],
    [() => rateLimit({ limit: 1, per: '1s', by: 'bucket' as 'token bucket' }), 'rateLimit by "bucket"'],
    [() => adaptive({ by: 'vegas', max: 0 }), 'adaptive max 0'],
    [() => adaptive({ by: 'vegas', min: 5, max: 4 }), 'adaptive min 5'],
    [() => adaptive({ by: 'vegas', max: 4, slowAfter: '1s' }), 'adaptive slowAfter'],
    [() => adaptive({ by: 'guess' as 'vegas', max: 4 }), 'adaptive by "guess"'],
    [() => hedge({ max: 0 }), 'hedge max 0'],
    [() => fallbackTo([], ''), 'fallbackTo'],
    [() => fallbackTo({ at: new Date() } as never, 'why'), 'fallbackTo value.at'],
    [() => fallbackTo([Number.NaN], 'why'), 'fallbackTo value[0]'],
    [() => policy(bulkhead(2), timeout('1s'), bulkhead(2)), 'the same bulkhead stands in it twice'],
  ])('%s names the field', (declare, said) => {
    let thrown: unknown
    try {
      declare()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(TielineError)
    const { code, message } = thrown as TielineError
    expect(code).toBe<ErrorCode>('DECLARATION_INVALID')
    expect(message).toContain(said)
  })
})

describe('jitter', () => {
  const [least, most] = [() => 0, () => 1 - Number.EPSILON]

  it('full: from 0 to min(max, base·2ⁿ)', () => {
    expect([0, 1, 2, 9].map((n) => fullJitter(n, 100, 1_000, most))).toEqual([99, 199, 399, 999])
    expect(fullJitter(9, 100, 1_000, least)).toBe(0)
  })

  it('equal: the upper half of it', () => {
    expect([0, 1, 9].map((n) => equalJitter(n, 100, 1_000, least))).toEqual([50, 100, 500])
    expect([0, 1, 9].map((n) => equalJitter(n, 100, 1_000, most))).toEqual([99, 199, 999])
  })

  it('decorrelated: from base to three times the pause before', () => {
    expect(decorrelatedJitter(0, 100, 1_000, least)).toBe(100)
    expect(decorrelatedJitter(0, 100, 1_000, most)).toBe(299)
    expect(decorrelatedJitter(250, 100, 1_000, most)).toBe(749)
    expect(decorrelatedJitter(900, 100, 1_000, most)).toBe(1_000)
  })
})
