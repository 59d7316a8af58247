import { invalid, nodeIn, reference, safeKey } from '../recorder.ts'
import type { Gap, Nil, Ref, Value } from '../reference.ts'

/**
 * A named entry of a record, or an element of a list counted from 0; it may be absent, and is null where the record or list is null:
 * `at(intent.metadata, 'order_id')`.
 */
export function at<C extends Readonly<Record<string, unknown>> | readonly unknown[] | Nil>(
  of: Value<C>,
  key: string | number,
): Ref<EntryOf<C> | Gap<C> | undefined> {
  const from = nodeIn(of)
  if (from?.op !== 'path') throw invalid('at: the first argument is a reference such as intent.metadata')
  if (typeof key !== 'string' && !(Number.isSafeInteger(key) && key >= 0)) {
    throw invalid('at: the key is the name of an entry or the place of an element, counted from 0')
  }
  return reference(from.root, [...from.keys, safeKey(key)])
}

type EntryOf<C> = C extends readonly (infer E)[] ? E : C extends Readonly<Record<string, infer E>> ? E : never
