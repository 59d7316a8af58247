import type { JsonSchema } from './json-schema-of.ts'
import { CHOICES, listIn, objectIn, resolved } from './schema-field.ts'
import { type FieldSemantics, semanticsProblem } from './semantics.ts'

/** Where JSON Schema keeps each word; `description` is the standard's own for what a field means. */
const KEYWORDS: Readonly<Record<keyof FieldSemantics, string>> = {
  means: 'description',
  unit: 'x-tieline-unit',
  zone: 'x-tieline-zone',
  precision: 'x-tieline-precision',
  personal: 'x-tieline-personal',
  source: 'x-tieline-source',
}
const WORDS = Object.entries(KEYWORDS) as readonly (readonly [keyof FieldSemantics, string])[]

const MAX_DEPTH = 64 // a choice may come back to itself

/** Semantics as annotations of a JSON Schema. */
export function annotationsOf(semantics: FieldSemantics): JsonSchema {
  return Object.fromEntries(
    WORDS.flatMap(([word, keyword]) => (semantics[word] === undefined ? [] : [[keyword, semantics[word]]])),
  )
}

/** The semantics that a schema carries. An annotation that is none, as a stranger's schema may have it, is left out. */
export function semanticsIn(schema: JsonSchema): FieldSemantics {
  return Object.fromEntries(
    WORDS.flatMap(([word, keyword]) => {
      const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined
      return value === undefined || semanticsProblem({ [word]: value }) !== undefined ? [] : [[word, value]]
    }),
  )
}

/**
 * A copy of a schema with semantics at one path, in every alternative that has it; `undefined` when none has. A reference on the way is
 * replaced by a copy of what it leads to, so that other fields that share the definition keep their own meaning.
 */
export function annotated(
  given: unknown,
  path: string,
  semantics: FieldSemantics,
  whole: JsonSchema,
  depth = 0,
): JsonSchema | undefined {
  if (given === false || depth > MAX_DEPTH) return undefined
  const { $ref, ...own } = objectIn(given)
  const schema = $ref === undefined ? own : { ...resolved(given, whole), ...own }
  if (path === '') return { ...schema, ...annotationsOf(semantics) }
  const inner = (child: unknown, rest: string): JsonSchema | undefined =>
    annotated(child, rest, semantics, whole, depth + 1)

  const changed: Record<string, unknown> = {}
  const properties = Object.entries(objectIn(schema['properties'])).map(([name, child]) => {
    const rest = restOf(path, name)
    const copy = rest === undefined ? undefined : inner(child, rest)
    if (copy !== undefined) changed['properties'] = true
    return [name, copy ?? child] as const
  })
  if (changed['properties'] !== undefined) changed['properties'] = Object.fromEntries(properties)
  const items = path.startsWith('[]') ? inner(schema['items'], restOf(path, '[]') ?? '') : undefined
  if (items !== undefined && Object.hasOwn(schema, 'items')) changed['items'] = items
  for (const choice of CHOICES) {
    const copies = listIn(schema[choice]).map((child) => [child, inner(child, path)] as const)
    if (copies.some(([, copy]) => copy !== undefined)) changed[choice] = copies.map(([child, copy]) => copy ?? child)
  }
  return Object.keys(changed).length === 0 ? undefined : { ...schema, ...changed }
}

/** What is left of a path after a name: `city` of `address.city`, `[].sku` of `lines[].sku`; `undefined` where it goes elsewhere. */
function restOf(path: string, name: string): string | undefined {
  if (!path.startsWith(name)) return undefined
  const rest = path.slice(name.length)
  if (rest === '' || rest.startsWith('[]')) return rest
  return rest.startsWith('.') ? rest.slice(1) : undefined
}
