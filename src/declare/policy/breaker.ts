import type { Duration } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { eachOf, policyOf, share, span, whole } from './bound.ts'
import type { Each, Policy } from './layer.ts'

export interface BreakerOptions {
  /** It opens at so many failures in the window. */
  readonly failures?: number
  /** It opens when this share of the calls in the window failed. */
  readonly failureRate?: number
  /** A call that took longer is slow. */
  readonly slowAfter?: Duration
  /** It opens when this share of the calls was slow. Default 1, all of them, where `slowAfter` is declared. */
  readonly slowRate?: number
  /** The window: the last while (`'30s'`), or the last calls (`100`). Default `'30s'`. */
  readonly within?: Duration | number
  /** Calls in the window before a rate says anything. Default 20, or the whole window where that is fewer calls. */
  readonly minimum?: number
  /** Open so long, then it lets probes through. Default `'1m'`. */
  readonly halfOpenAfter?: Duration
  /** Calls that are let through half open, and that decide by the declared rates; without a failure rate, one failure opens it again. Default 3. */
  readonly probes?: number
  /** Default `'connector'`. */
  readonly each?: Each
}

/**
 * Stops calling what fails: `breaker({ failures: 5, within: '30s', halfOpenAfter: '1m' })`. Failures are timeouts, broken connections,
 * 5xx and 429; a refused request is none.
 * Source: M. Nygard, "Release It!"; windows, rates and half-open probes as in Resilience4j.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function breaker(options: BreakerOptions): Policy {
  const { failures, failureRate, slowAfter, slowRate, within = '30s', halfOpenAfter = '1m', probes = 3 } = options
  if (failures === undefined && failureRate === undefined && slowAfter === undefined)
    throw new TielineError('DECLARATION_INVALID', 'breaker: say when it opens: failures, failureRate or slowAfter')
  if (slowRate !== undefined && slowAfter === undefined)
    throw new TielineError('DECLARATION_INVALID', 'breaker slowRate: say slowAfter too, what is slow')
  const window =
    typeof within === 'number'
      ? { calls: whole('breaker within', within, 1, 1_000) }
      : { ms: span('breaker within', within) }
  const most = 'calls' in window ? window.calls : 10_000
  return policyOf({
    kind: 'breaker',
    each: eachOf('breaker', options.each),
    window,
    ...(failures === undefined ? {} : { failures: whole('breaker failures', failures, 1, most) }),
    ...(failureRate === undefined ? {} : { failureRate: share('breaker failureRate', failureRate) }),
    ...(slowAfter === undefined ? {} : { slowAfterMs: span('breaker slowAfter', slowAfter) }),
    ...(slowAfter === undefined ? {} : { slowRate: share('breaker slowRate', slowRate ?? 1) }),
    minimum: whole('breaker minimum', options.minimum ?? Math.min(20, most), 1, most),
    halfOpenAfterMs: span('breaker halfOpenAfter', halfOpenAfter),
    probes: whole('breaker probes', probes, 1, 100),
  })
}
