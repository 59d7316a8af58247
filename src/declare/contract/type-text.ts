import type { JsonSchema } from './json-schema-of.ts'
import { listIn, objectIn } from './schema-field.ts'

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  object: 'object',
  array: 'list',
  null: 'null',
}

const SHOWN = 12

/** What values a schema takes, for people: `'paid' | 'refunded' | other text`, `text (date-time) | null`, `whole number`. */
export function typeText(schemas: readonly JsonSchema[]): string {
  return [...new Set(schemas.flatMap((schema) => [...namesOf(schema)]))].join(' | ') || 'any'
}

/** A choice of listed values and any other text, or a union that says so: `x-tieline-open`. */
export function isOpen(schema: JsonSchema): boolean {
  return schema['x-tieline-open'] === true || otherText(schema)
}

function* namesOf(schema: JsonSchema): Iterable<string> {
  const own = schema['x-tieline-type']
  if (typeof own === 'string') return yield own
  if (Object.hasOwn(schema, 'const')) return yield shown(schema['const'])
  if (Array.isArray(schema['enum'])) return yield* listed(schema['enum'])
  const choices = [...listIn(schema['anyOf']), ...listIn(schema['oneOf'])]
  if (choices.length > 0) {
    const open = otherText(schema)
    for (const choice of choices) yield* open && isText(choice) ? ['other text'] : namesOf(objectIn(choice))
    return
  }
  const format = schema['format']
  for (const type of Array.isArray(schema['type']) ? schema['type'] : [schema['type']]) {
    if (typeof type !== 'string') continue
    const name = NAMES[type] ?? type
    yield type === 'string' && typeof format === 'string' ? `${name} (${format})` : name
  }
}

function* listed(values: readonly unknown[]): Iterable<string> {
  for (const value of values.slice(0, SHOWN)) yield shown(value)
  if (values.length > SHOWN) yield `${values.length - SHOWN} more`
}

const shown = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))

function otherText(schema: JsonSchema): boolean {
  const choices = [...listIn(schema['anyOf']), ...listIn(schema['oneOf'])].map(objectIn)
  return (
    choices.some(isText) && choices.some((choice) => Array.isArray(choice['enum']) || Object.hasOwn(choice, 'const'))
  )
}

/** Text of any kind: `{ type: 'string' }`, with or without annotations and bounds. */
const isText = (schema: unknown): boolean => {
  const own = objectIn(schema)
  return own['type'] === 'string' && !Object.hasOwn(own, 'enum') && !Object.hasOwn(own, 'const')
}
