import { TielineError } from '../../../core/error.ts'
import type { Codec } from '../node.ts'
import { invalid } from '../recorder.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted, twoWay } from './call.ts'

function onText(name: string, rule: string, method: NonNullable<Codec['method']>): Codec {
  const run = (value: unknown): string => {
    if (typeof value === 'string') return value[method]()
    throw new TielineError('VALUE_INVALID', `${name} takes text, not ${typeof value}`)
  }
  return Object.freeze({ name, rule, run, method })
}

const TO_UPPER = onText('upper', 'upper case', 'toUpperCase')
const TO_LOWER = onText('lower', 'lower case', 'toLowerCase')
const UPPER: Codec = Object.freeze({ ...TO_UPPER, lossy: 'the original case' })
const LOWER: Codec = Object.freeze({ ...TO_LOWER, lossy: 'the original case' })
const WAS_LOWER = twoWay(TO_UPPER, TO_LOWER)
const WAS_UPPER = twoWay(TO_LOWER, TO_UPPER)
const TRIM: Codec = Object.freeze({
  ...onText('trim', 'white space around it removed', 'trim'),
  lossy: 'white space around it',
})

/**
 * Upper case, the same in every locale.
 * @param original `{ was: 'lower' }`: the source is always in lower case and in plain letters, so it can be had back.
 */
export function upper<T extends string | Nil>(of: Value<T>, original?: { readonly was: 'lower' }): Lifted<T, string> {
  checkOriginal('upper', original, 'lower')
  return call(original === undefined ? UPPER : WAS_LOWER, of)
}

/**
 * Lower case, the same in every locale.
 * @param original `{ was: 'upper' }`: the source is always in upper case and in plain letters, so it can be had back.
 */
export function lower<T extends string | Nil>(of: Value<T>, original?: { readonly was: 'upper' }): Lifted<T, string> {
  checkOriginal('lower', original, 'upper')
  return call(original === undefined ? LOWER : WAS_UPPER, of)
}

function checkOriginal(word: string, original: { readonly was: string } | undefined, was: string): void {
  if (original !== undefined && original.was !== was) throw invalid(`${word}: the original is { was: '${was}' }`)
}

/** Without white space at its two ends. */
export function trim<T extends string | Nil>(of: Value<T>): Lifted<T, string> {
  return call(TRIM, of)
}
