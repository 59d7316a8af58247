import { eachOf, policyOf, whole } from './bound.ts'
import type { Each, Policy } from './layer.ts'

/**
 * At most so many calls at the same time: `bulkhead(8)`, `bulkhead(2, { each: 'tenant' })`.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function bulkhead(limit: number, { each }: { readonly each?: Each } = {}): Policy {
  return policyOf({
    kind: 'bulkhead',
    each: eachOf('bulkhead', each),
    limit: whole('bulkhead limit', limit, 1, 10_000),
  })
}
