import type { JsonSchema } from './json-schema-of.ts'

const MAX_DEPTH = 32
const MAX_PATHS = 10_000

interface Leaf {
  readonly path: string
  /** It and everything above it are required. */
  readonly required: boolean
}

/**
 * Paths to the ends of a JSON Schema: `id`, `address.city`, `lines[].sku`. An object without declared properties is an end; so is where a
 * schema comes back to itself. At most 10,000.
 */
export function leafPaths(schema: JsonSchema): readonly string[] {
  return [...new Set(leaves(schema).map((leaf) => leaf.path))]
}

/** Those of the paths that every valid value has, apart from the items of lists. */
export function requiredPaths(schema: JsonSchema): readonly string[] {
  return [...new Set(leaves(schema).flatMap((leaf) => (leaf.required ? [leaf.path] : [])))]
}

function leaves(whole: JsonSchema): readonly Leaf[] {
  const found: Leaf[] = []
  const visit = (given: unknown, path: string, required: boolean, above: readonly unknown[]): void => {
    const schema = resolved(given, whole)
    if (found.length >= MAX_PATHS) return
    const inner = above.includes(schema) || above.length > MAX_DEPTH ? [] : [...below(schema)]
    if (inner.length === 0 && path !== '') found.push({ path, required })
    for (const [step, child, needed] of inner) {
      visit(
        child,
        step.startsWith('[') || path === '' || step === '' ? path + step : `${path}.${step}`,
        required && needed,
        [...above, schema],
      )
    }
  }
  visit(whole, '', true, [])
  return found
}

type Step = readonly [step: string, schema: unknown, required: boolean]

/** The schemas one step further in; branches of a choice are taken in place, and only the null of a nullable one is left out. */
function* below(schema: JsonSchema): Iterable<Step> {
  const needed: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
  for (const [name, child] of Object.entries(objectIn(schema['properties']))) yield [name, child, needed.includes(name)]
  if (typeof schema['items'] === 'object' && schema['items'] !== null) yield ['[]', schema['items'], false]
  for (const child of listIn(schema['allOf'])) if (hasBelow(child)) yield ['', child, true]
  const branches = [...listIn(schema['anyOf']), ...listIn(schema['oneOf'])].filter(hasBelow)
  for (const child of branches) yield ['', child, false]
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
