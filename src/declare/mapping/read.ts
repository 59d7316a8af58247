import { TielineError } from '../../core/error.ts'
import type { Key } from './node.ts'

const PROTOTYPES: readonly object[] = [Object.prototype, String.prototype, Array.prototype, Number.prototype]

/**
 * Names that a value has without the sender having sent them (`constructor` of everything, `link` of a text, `values` of a list). They
 * count only as own properties, else a function would come out where the document has nothing.
 */
export function isInherited(key: Key): boolean {
  return typeof key === 'string' && key !== 'length' && PROTOTYPES.some((prototype) => key in prototype)
}

/** An own property of anything; `undefined` where there is none, null of null. For names that are inherited. */
export function readOwn(from: unknown, key: string): unknown {
  if (from == null) return from
  return Object.hasOwn(from as object, key) ? (from as Record<string, unknown>)[key] : undefined
}

/** A property of a document; `undefined` on anything that has none. A null on the way is what the whole path gives, as its type says. */
export function read(from: unknown, key: Key): unknown {
  if (typeof key === 'string' && isInherited(key)) return readOwn(from, key)
  return from == null ? from : (from as Record<Key, unknown>)[key]
}

/** Anything with a `length` would be walked otherwise: `{ "length": 1e9 }` costs its sender nothing. */
export function checkList(value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new TielineError('VALUE_INVALID', `a list was expected, not ${typeof value}`)
}

/** The items of a list behind those of another; null and absence add nothing. */
export function append(out: unknown[], list: unknown): void {
  if (list == null) return
  checkList(list)
  for (const item of list) out.push(item)
}

/** A piece of a text template. */
export function piece(value: unknown): string {
  if (typeof value === 'string') return value
  if (Number.isFinite(value)) return String(value)
  throw new TielineError('VALUE_INVALID', `text takes text and numbers, not ${value === null ? 'null' : typeof value}`)
}

export function missing(): never {
  throw new TielineError('VALUE_INVALID', 'a required value is missing')
}
