import type { Constant } from '../node.ts'
import { expression, invalid, isConstant, nodeOf } from '../recorder.ts'
import type { Made, Nil, Part, Value } from '../reference.ts'

/**
 * The first value where the test holds, else the second; an arm may be a literal with its own fields. Only the arm that is taken is
 * computed. A field that is there under a condition: `optional(when(test, value, null))`. A field too many in a literal arm is found by the
 * contract's check, not by the compiler.
 */
export function when<const A extends Part, const B extends Part>(
  test: Value<boolean>,
  then: A,
  otherwise: B,
): Value<Made<A> | Made<B>> {
  return expression({
    op: 'when',
    test: nodeOf(test, 'when'),
    yes: nodeOf(then, 'when, first arm'),
    no: nodeOf(otherwise, 'when, second arm'),
  })
}

/** Whether the value is exactly this constant. */
export function is<T extends Constant | undefined, const W extends Exclude<T, undefined>>(
  of: Value<T>,
  wanted: W,
): Value<boolean> {
  if (!isConstant(wanted)) throw invalid('is: compare with a string, a finite number, a boolean or null')
  return expression({ op: 'is', of: nodeOf(of, 'is'), value: wanted === 0 ? (0 as const) : wanted })
}

/** Whether the value is neither null nor absent. */
export function present(of: Value<unknown>): Value<boolean> {
  return expression({ op: 'present', of: nodeOf(of, 'present') })
}

export function not(of: Value<boolean | Nil>): Value<boolean> {
  return expression({ op: 'not', of: nodeOf(of, 'not') })
}
