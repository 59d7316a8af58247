import type { Duration } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { eachOf, oneOf, policyOf, span, whole } from './bound.ts'
import type { Each, Policy } from './layer.ts'

export interface AdaptiveOptions {
  /** `'gradient'` and `'vegas'` follow latency, `'aimd'` follows failures (and `slowAfter`). */
  readonly by: 'gradient' | 'vegas' | 'aimd'
  /** Calls at the same time, at least. Default 1. */
  readonly min?: number
  /** … and at most. */
  readonly max: number
  /** To begin with. Default: 4, within `min` and `max`. */
  readonly initial?: number
  /** `aimd`: a call that took longer counts as failed. */
  readonly slowAfter?: Duration
  /** Default `'connector'`. */
  readonly each?: Each
}

/**
 * As many calls at the same time as the provider serves without queueing them, found by trying: `adaptive({ by: 'gradient', max: 64 })`.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function adaptive({ by, min = 1, max, initial, slowAfter, each }: AdaptiveOptions): Policy {
  const most = whole('adaptive max', max, 1, 10_000)
  const least = whole('adaptive min', min, 1, most)
  if (slowAfter !== undefined && by !== 'aimd')
    throw new TielineError('DECLARATION_INVALID', "adaptive slowAfter: it is for by: 'aimd'; leave it out")
  return policyOf({
    kind: 'adaptive',
    each: eachOf('adaptive', each),
    by: oneOf('adaptive by', by, ['gradient', 'vegas', 'aimd']),
    min: least,
    max: most,
    initial: whole('adaptive initial', initial ?? Math.max(least, Math.min(4, most)), least, most),
    ...(slowAfter === undefined ? {} : { slowAfterMs: span('adaptive slowAfter', slowAfter) }),
  })
}
