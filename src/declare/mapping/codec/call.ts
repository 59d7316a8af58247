import type { Codec } from '../node.ts'
import { expression, nodeOf } from '../recorder.ts'
import type { Gap, Value } from '../reference.ts'

/** What a conversion gives: null and absence pass through it. */
export type Lifted<T, R> = Value<R | Gap<T>>

/** A conversion with its way back; the way back of that is the conversion again. */
export function twoWay(forth: Codec, back: Codec): Codec {
  const there = { ...forth }
  const here = Object.freeze({ ...back, back: there })
  return Object.freeze(Object.assign(there, { back: here }))
}

export function call<V>(codec: Codec, ...args: readonly unknown[]): V {
  return expression({
    op: 'call',
    codec: Object.freeze(codec),
    args: Object.freeze(args.map((arg) => nodeOf(arg, codec.name))),
  })
}
