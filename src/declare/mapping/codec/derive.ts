import type { Codec } from '../node.ts'
import { checkReason } from '../reason.ts'
import type { Value } from '../reference.ts'
import { call, twoWay } from './call.ts'

/**
 * A plain function where a field really needs one, with the sentence that the documents show. It is pure and sees nulls too.
 * @param back the way from the result to the value; without it the documents call the field one-way.
 */
export function derive<T, R>(
  of: Value<T>,
  sentence: string,
  compute: (value: T) => R,
  back?: (result: R) => T,
): Value<R> {
  const codec: Codec = {
    name: 'derive',
    rule: checkReason('derive', sentence),
    takesNull: true,
    run: (value) => compute(value as T),
  }
  if (back === undefined) return call({ ...codec, lossy: 'a function without its reverse' }, of)
  const reverse: Codec = { ...codec, rule: `the way back of: ${codec.rule}`, run: (result) => back(result as R) }
  return call(twoWay(codec, reverse), of)
}
