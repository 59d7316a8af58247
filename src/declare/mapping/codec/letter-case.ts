import { TielineError } from '../../../core/error.ts'
import type { Codec } from '../node.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted } from './call.ts'

function onText(name: string, rule: string, method: NonNullable<Codec['method']>, lossy: string): Codec {
  const run = (value: unknown): string => {
    if (typeof value === 'string') return value[method]()
    throw new TielineError('VALUE_INVALID', `${name} takes text, not ${typeof value}`)
  }
  return Object.freeze({ name, rule, run, method, lossy })
}

const UPPER = onText('upper', 'upper case', 'toUpperCase', 'the original case')
const LOWER = onText('lower', 'lower case', 'toLowerCase', 'the original case')
const TRIM = onText('trim', 'white space around it removed', 'trim', 'white space around it')

/** Upper case, the same in every locale. */
export function upper<T extends string | Nil>(of: Value<T>): Lifted<T, string> {
  return call(UPPER, of)
}

/** Lower case, the same in every locale. */
export function lower<T extends string | Nil>(of: Value<T>): Lifted<T, string> {
  return call(LOWER, of)
}

/** Without white space at its two ends. */
export function trim<T extends string | Nil>(of: Value<T>): Lifted<T, string> {
  return call(TRIM, of)
}
