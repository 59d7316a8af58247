import type { Duration } from '../../core/duration.ts'
import { oneOf, span, whole } from '../policy/bound.ts'
import type { RateLimitLayer } from '../policy/layer.ts'

/** How much a sender may send. More is answered 429 with Retry-After. */
export interface RateSpec {
  /** Requests in each `per`. One request may carry several events. */
  readonly limit: number
  readonly per: Duration
  /** Requests that may come at once after a quiet time, on top of the even pace. Default: `limit`. */
  readonly burst?: number
  /** `source`: all that is sent here, together. `tenant`: each tenant has the whole rate for itself. Default `source`. */
  readonly each?: 'source' | 'tenant'
}

export interface Rate {
  readonly each: 'source' | 'tenant'
  /** A token bucket; all workers share it. */
  readonly layer: RateLimitLayer
}

/** @throws {TielineError} DECLARATION_INVALID naming the field */
export function rateOf(source: string, { limit, per, burst = limit, each = 'source' }: RateSpec): Rate {
  const field = `source ${source}: rate`
  return Object.freeze({
    each: oneOf(`${field} each`, each, ['source', 'tenant']),
    layer: Object.freeze({
      kind: 'rate limit',
      each: each === 'tenant' ? 'tenant' : 'connector',
      by: 'token bucket',
      limit: whole(`${field} limit`, limit, 1, 1_000_000_000),
      perMs: span(`${field} per`, per),
      burst: whole(`${field} burst`, burst, 0, 1_000_000_000),
    }),
  })
}
