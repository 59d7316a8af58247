import type { Constant } from '../node.ts'
import { checkReason } from '../reason.ts'
import { expression, invalid, isConstant, nodeOf } from '../recorder.ts'
import type { Value } from '../reference.ts'

/** Always this constant, with the reason for it. */
export function fixed<const T extends Constant>(constant: T, why: string): Value<T> {
  if (!isConstant(constant)) throw invalid('fixed: the constant is a string, a finite number, a boolean or null')
  return expression({ op: 'constant', value: constant === 0 ? 0 : constant, why: checkReason('fixed', why) })
}

/** Text with values in it: a template such as ``text`Payment ${intent.id}` ``. A value that is neither text nor a number is a fault. */
export function text(parts: TemplateStringsArray, ...args: readonly Value<string | number>[]): Value<string> {
  return expression({
    op: 'text',
    parts: Object.freeze([...parts]),
    args: Object.freeze(args.map((arg) => nodeOf(arg, 'text'))),
  })
}
