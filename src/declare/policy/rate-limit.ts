import type { Duration } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { eachOf, oneOf, policyOf, span, whole } from './bound.ts'
import type { Each, Policy } from './layer.ts'

export interface RateLimitOptions {
  /** Calls in each `per`. */
  readonly limit: number
  readonly per: Duration
  /**
   * `'token bucket'` (default): an even pace, and after a quiet time `burst` calls at once on top of it; no `per` holds more than `limit + burst`.
   * `'sliding window'`: as fast as they come, and no `per`, wherever it begins, holds more than `limit`; for limits up to 10 000.
   */
  readonly by?: 'token bucket' | 'sliding window'
  /** Default 0. */
  readonly burst?: number
  /** Default `'connector'`. */
  readonly each?: Each
}

/**
 * What the provider allows: `rateLimit({ limit: 100, per: '10s' })`. Calls over it wait for their turn, in the store where that is far.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function rateLimit({ limit, per, by = 'token bucket', burst = 0, each }: RateLimitOptions): Policy {
  const window = oneOf('rateLimit by', by, ['token bucket', 'sliding window']) === 'sliding window'
  if (window && burst !== 0)
    throw new TielineError('DECLARATION_INVALID', "rateLimit burst: it is for by: 'token bucket'; leave it out")
  return policyOf({
    kind: 'rate limit',
    each: eachOf('rateLimit', each),
    by,
    limit: whole('rateLimit limit', limit, 1, window ? 10_000 : 1_000_000_000),
    perMs: span('rateLimit per', per),
    burst: whole('rateLimit burst', burst, 0, 1_000_000),
  })
}
