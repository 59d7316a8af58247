import { TielineError } from '../../core/error.ts'
import { policyOf } from './bound.ts'
import type { Json, Policy } from './layer.ts'

/**
 * The value that stands in for the answer where what is inside gave up on something that may pass: `fallbackTo([], 'prices without
 * discounts are right, only higher')`. What is refused for good still fails. The sentence is for those who read the documents.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function fallbackTo(value: Json, why: string): Policy {
  if (typeof why !== 'string' || why.trim() === '')
    throw new TielineError(
      'DECLARATION_INVALID',
      'fallbackTo: the second argument says in a sentence why the value will do',
    )
  return policyOf({ kind: 'fallback', value: copied(value, 'fallbackTo value'), why })
}

/** A copy, since it is frozen: the caller's own object is not ours to freeze. */
function copied(value: Json, place: string): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map((item: Json, i) => copied(item, `${place}[${i}]`))
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(item, `${place}.${name}`)]))
  throw new TielineError(
    'DECLARATION_INVALID',
    `${place}: use a value that JSON can say: a string, a finite number, a boolean, null, a list or a plain object of those`,
  )
}
