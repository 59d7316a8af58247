import type { Constant } from '../node.ts'
import { checkReason } from '../reason.ts'
import { expression, invalid, isConstant, nodeOf } from '../recorder.ts'
import type { Omissible, Value } from '../reference.ts'
import { Skipped } from '../skipped.ts'

/**
 * A value that must be there. Where it is null or absent the message is set aside (`skip('why')`), or the mapping fails and names the field.
 * A skip inside a list sets the whole message aside.
 */
export function required<T>(of: Value<T>, otherwise?: Skipped): Value<NonNullable<T>> {
  if (otherwise !== undefined && !(otherwise instanceof Skipped)) {
    throw invalid("required: the second argument is skip('why'); for a default use fallback(value, constant, why)")
  }
  return expression({ op: 'required', of: nodeOf(of, 'required'), otherwise })
}

/** A constant where the value is null or absent, with the reason for it. */
export function fallback<T, const D extends Constant>(
  of: Value<T>,
  constant: D,
  why: string,
): Value<NonNullable<T> | D> {
  if (!isConstant(constant)) throw invalid('fallback: the default is a string, a finite number, a boolean or null')
  return expression({
    op: 'fallback',
    of: nodeOf(of, 'fallback'),
    value: constant === 0 ? 0 : constant,
    why: checkReason('fallback', why),
  })
}

/** Leaves the field out where the value is null or absent: what an optional field of the contract takes. */
export function optional<T>(of: Value<T>): Omissible<NonNullable<T>> {
  return expression({ op: 'optional', of: nodeOf(of, 'optional') })
}
