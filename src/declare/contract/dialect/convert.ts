import { TielineError } from '../../../core/error.ts'
import type { JsonSchema } from '../json-schema-of.ts'
import { type Dialect, DRAFT_07, DRAFT_2020_12 } from './keyword.ts'
import { mapped } from './mapped.ts'

/**
 * A schema in the words of the other draft, with the same meaning.
 * @throws {TielineError} `VALUE_INVALID` for what the other draft cannot say.
 */
export function converted(schema: JsonSchema, from: Dialect, to: Dialect): Record<string, unknown> {
  if (from === to) return schema as Record<string, unknown>
  refuseMoved(JSON.stringify(schema))
  const inner = (given: unknown): unknown => {
    if (typeof given !== 'object' || given === null) return given
    const copy = mapped(given as JsonSchema, inner)
    return to === 'draft-07' ? older(copy) : newer(copy)
  }
  const whole = inner(schema) as Record<string, unknown>
  return { ...whole, $schema: to === 'draft-07' ? DRAFT_07 : DRAFT_2020_12 }
}

/** A reference into a place that has another name in the other draft. */
function refuseMoved(text: string): void {
  const found = /"\$ref":"[^"]*\/(?:items|prefixItems|additionalItems|dependencies|dependent\w+)\/[^"]*"/.exec(text)
  if (found !== null) throw cannot(`a reference through a keyword of another name: ${found[0]}`)
}

function newer(schema: Record<string, unknown>): Record<string, unknown> {
  const { $ref, $id, items, additionalItems, dependencies, ...rest } = schema
  if ($ref !== undefined) {
    const kept = ['$defs', 'definitions', 'title', 'description'].filter((key) => Object.hasOwn(schema, key))
    return { $ref, ...Object.fromEntries(kept.map((key) => [key, schema[key]])) }
  }
  const split = Object.entries((dependencies ?? {}) as Readonly<Record<string, unknown>>)
  const lists = split.filter(([, value]) => Array.isArray(value))
  const schemas = split.filter(([, value]) => !Array.isArray(value))
  return {
    ...(typeof $id === 'string' && $id.startsWith('#') ? { $anchor: $id.slice(1) } : defined({ $id })),
    ...rest,
    ...(Array.isArray(items) ? defined({ prefixItems: items, items: additionalItems }) : defined({ items })),
    ...(lists.length > 0 ? { dependentRequired: Object.fromEntries(lists) } : {}),
    ...(schemas.length > 0 ? { dependentSchemas: Object.fromEntries(schemas) } : {}),
  }
}

const NOT_IN_07 = [
  '$dynamicRef',
  '$dynamicAnchor',
  'unevaluatedItems',
  'unevaluatedProperties',
  'minContains',
  'maxContains',
]

function older(schema: Record<string, unknown>): Record<string, unknown> {
  const cannotSay = NOT_IN_07.find((keyword) => Object.hasOwn(schema, keyword))
  if (cannotSay !== undefined) throw cannot(cannotSay)
  const { $anchor, $ref, prefixItems, items, dependentRequired, dependentSchemas, allOf, ...rest } = schema
  if ($anchor !== undefined && rest['$id'] !== undefined) throw cannot('$anchor beside $id')
  const beside = Object.keys(rest).some((key) => !['$defs', 'definitions'].includes(key)) || allOf !== undefined
  const whole = beside ? { allOf: [{ $ref }, ...((allOf ?? []) as unknown[])] } : { $ref }
  return {
    ...rest,
    ...defined({ $id: $anchor === undefined ? rest['$id'] : `#${String($anchor)}` }),
    ...($ref === undefined ? defined({ allOf }) : whole),
    ...(prefixItems === undefined ? defined({ items }) : defined({ items: prefixItems, additionalItems: items })),
    ...(dependentRequired === undefined && dependentSchemas === undefined
      ? {}
      : { dependencies: { ...(dependentRequired as object), ...(dependentSchemas as object) } }),
  }
}

const defined = (words: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined))

const cannot = (what: string): TielineError =>
  new TielineError('VALUE_INVALID', `JSON Schema of the other draft cannot say ${what}`)
