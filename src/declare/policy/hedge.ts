import type { Duration } from '../../core/duration.ts'
import { policyOf, span, whole } from './bound.ts'
import type { Policy } from './layer.ts'

/**
 * A second call where the first takes long; the first answer wins and the other is given up. Only for operations that read
 * (`idempotency: { by: 'read' }`): on any other the first call fails with DECLARATION_INVALID.
 * `after`: when the second begins; default the 95th percentile of the last 100 answers, once there are 20.
 * Source: J. Dean, L. Barroso, "The Tail at Scale", CACM 56(2), 2013.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function hedge({ after, max = 1 }: { readonly after?: Duration; readonly max?: number } = {}): Policy {
  return policyOf({
    kind: 'hedge',
    ...(after === undefined ? {} : { afterMs: span('hedge after', after) }),
    max: whole('hedge max', max, 1, 3),
  })
}
