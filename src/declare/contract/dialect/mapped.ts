import type { JsonSchema } from '../json-schema-of.ts'
import { placeOf } from './keyword.ts'

/** A copy of a schema with each schema that stands directly in it changed. */
export function mapped(schema: JsonSchema, change: (inner: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      const place = placeOf(keyword)
      if (place === undefined) return [keyword, value]
      if (Array.isArray(value)) return [keyword, value.map(change)]
      if (!place.byName) return [keyword, change(value)]
      const entries = Object.entries((value ?? {}) as object)
      return [
        keyword,
        Object.fromEntries(entries.map(([name, inner]) => [name, Array.isArray(inner) ? inner : change(inner)])),
      ]
    }),
  )
}
