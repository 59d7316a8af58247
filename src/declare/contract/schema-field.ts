import type { JsonSchema } from './json-schema-of.ts'

const MAX_DEPTH = 32
const MAX_FIELDS = 10_000

/** A place in a JSON Schema that has a path: `id`, `address`, `address.city`, `lines[].sku`. */
export interface SchemaField {
  readonly path: string
  /** References are followed. Several, where alternatives of a choice have a field of this name. */
  readonly schemas: readonly JsonSchema[]
  /** An end: nothing declared below it. An object without declared properties is one; so is where a schema comes back to itself. */
  readonly leaf: boolean
  /** Whether its object always has it. Of alternatives: in all of them. */
  readonly required: boolean
}

/** All places of a JSON Schema (2020-12) below its root, in the order of declaration. At most 10,000. */
export function schemaFields(whole: JsonSchema): readonly SchemaField[] {
  const found = new Map<string, SchemaField>()
  const put = (path: string, schema: JsonSchema, leaf: boolean, required: boolean): void => {
    const other = found.get(path)
    const schemas = other === undefined ? [schema] : [...other.schemas, schema]
    found.set(path, {
      path,
      schemas,
      leaf: leaf || other?.leaf === true,
      required: required && other?.required !== false,
    })
  }
  const visit = (given: unknown, path: string, above: readonly unknown[], required: boolean): void => {
    if (found.size >= MAX_FIELDS) return
    const schema = resolved(given, whole)
    const inner = above.includes(schema) || above.length > MAX_DEPTH ? [] : [...below(schema)]
    if (path !== '') put(path, schema, inner.length === 0, required)
    for (const step of inner) {
      visit(step.schema, joined(path, step.name), [...above, schema], step.name === '' ? required : step.required)
    }
  }
  visit(whole, '', [], true)
  return [...found.values()]
}

/** Paths to the ends: `id`, `address.city`, `lines[].sku`. At most 10,000 places are looked at. */
export const leafPaths = (whole: JsonSchema): readonly string[] =>
  schemaFields(whole).flatMap(({ path, leaf }) => (leaf ? [path] : []))

const joined = (path: string, name: string): string =>
  name.startsWith('[') || path === '' || name === '' ? path + name : `${path}.${name}`

interface Step {
  readonly name: string
  readonly schema: unknown
  readonly required: boolean
}

/** The schemas one step further in; branches of a choice are taken in place, and only the null of a nullable one is left out. */
function* below(schema: JsonSchema): Iterable<Step> {
  const always = listIn(schema['required'])
  for (const [name, child] of Object.entries(objectIn(schema['properties']))) {
    yield { name, schema: child, required: always.includes(name) }
  }
  if (typeof schema['items'] === 'object' && schema['items'] !== null) {
    yield { name: '[]', schema: schema['items'], required: true }
  }
  for (const name of CHOICES) {
    for (const child of listIn(schema[name])) if (hasBelow(child)) yield { name: '', schema: child, required: true }
  }
}

export const CHOICES = ['allOf', 'anyOf', 'oneOf'] as const

const hasBelow = (schema: unknown): boolean =>
  ['properties', 'items', '$ref', ...CHOICES].some((key) => Object.hasOwn(objectIn(schema), key))

/** Follows references within the document; anything else, and a chain that never ends, is a schema without properties. */
export function resolved(given: unknown, whole: JsonSchema): JsonSchema {
  let schema = objectIn(given)
  for (let hops = 0; typeof schema['$ref'] === 'string'; hops++) {
    const ref: string = schema['$ref']
    if (!ref.startsWith('#') || hops > MAX_DEPTH) return {}
    let at: unknown = whole
    for (const key of ref.split('/').slice(1)) at = objectIn(at)[key.replaceAll('~1', '/').replaceAll('~0', '~')]
    schema = objectIn(at)
  }
  return schema
}

export const objectIn = (given: unknown): JsonSchema =>
  typeof given === 'object' && given !== null ? (given as JsonSchema) : {}
export const listIn = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : [])
