import type { JsonSchema } from './json-schema-of.ts'

const MAX_DEPTH = 32
const MAX_PATHS = 10_000

/**
 * Paths to the ends of a JSON Schema: `id`, `address.city`, `lines[].sku`. An object without declared properties is an end; so is where a
 * schema comes back to itself. At most 10,000.
 */
export function leafPaths(whole: JsonSchema): readonly string[] {
  const found: string[] = []
  const visit = (given: unknown, path: string, above: readonly unknown[]): void => {
    const schema = resolved(given, whole)
    if (found.length >= MAX_PATHS) return
    const inner = above.includes(schema) || above.length > MAX_DEPTH ? [] : [...below(schema)]
    if (inner.length === 0 && path !== '') found.push(path)
    for (const [step, child] of inner) {
      const joined = step.startsWith('[') || path === '' || step === '' ? path + step : `${path}.${step}`
      visit(child, joined, [...above, schema])
    }
  }
  visit(whole, '', [])
  return [...new Set(found)]
}

type Step = readonly [step: string, schema: unknown]

/** The schemas one step further in; branches of a choice are taken in place, and only the null of a nullable one is left out. */
function* below(schema: JsonSchema): Iterable<Step> {
  yield* Object.entries(objectIn(schema['properties']))
  if (typeof schema['items'] === 'object' && schema['items'] !== null) yield ['[]', schema['items']]
  for (const name of ['allOf', 'anyOf', 'oneOf']) {
    for (const child of listIn(schema[name])) if (hasBelow(child)) yield ['', child]
  }
}

const hasBelow = (schema: unknown): boolean =>
  ['properties', 'items', 'allOf', 'anyOf', 'oneOf', '$ref'].some((key) => Object.hasOwn(objectIn(schema), key))

/** Follows references within the document; anything else, and a chain that never ends, is a schema without properties. */
function resolved(given: unknown, whole: JsonSchema): JsonSchema {
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

const objectIn = (given: unknown): JsonSchema =>
  typeof given === 'object' && given !== null ? (given as JsonSchema) : {}
const listIn = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : [])
