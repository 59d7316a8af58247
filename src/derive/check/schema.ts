/** A JSON Schema (2020-12) as an object; `true`, `false` and what is absent are seen as one that says nothing. */
export type Schema = Readonly<Record<string, unknown>>

const SILENT: Schema = Object.freeze({})
const REFERENCE_LIMIT = 32 // of references that lead to references
const DEPTH_LIMIT = 12 // a schema that contains itself has no end

export interface Shape {
  readonly properties: Readonly<Record<string, Schema>>
  readonly required: readonly string[]
  readonly items: Schema | undefined
}

/**
 * What a schema says about an object or a list: its own words and those of its parts. A property is there if any alternative has it,
 * and required if all of them require it.
 */
export function shapeOf(schema: unknown, root: Schema, depth = 0): Shape {
  const own = resolved(schema, root)
  const shapes = (word: string): readonly Shape[] =>
    depth < DEPTH_LIMIT ? list(own[word]).map((part) => shapeOf(part, root, depth + 1)) : []
  const all = shapes('allOf')
  const any = [shapes('anyOf'), shapes('oneOf')].map((parts) => parts.filter(saysSomething))
  const parts = [...all, ...any.flat()]
  return {
    properties: Object.assign(
      {},
      ...parts.map((part) => part.properties),
      object(own['properties']),
    ) as Shape['properties'],
    required: [
      ...list(own['required']).filter((name) => typeof name === 'string'),
      ...all.flatMap((part) => part.required),
      ...any.flatMap(([first, ...rest]) =>
        (first?.required ?? []).filter((name) => rest.every((part) => part.required.includes(name))),
      ),
    ],
    items: asSchema(own['items']) ?? parts.find((part) => part.items !== undefined)?.items,
  }
}

function resolved(schema: unknown, root: Schema): Schema {
  let at = asSchema(schema) ?? SILENT
  for (let i = 0; i < REFERENCE_LIMIT; i++) {
    const pointer = at['$ref']
    if (typeof pointer !== 'string' || !pointer.startsWith('#')) return at
    const target = pointer.slice(1).split('/').filter(Boolean).map(unescaped)
    at = asSchema(target.reduce<unknown>((from, key) => (asSchema(from) ?? SILENT)[key], root)) ?? SILENT
  }
  return SILENT
}

const saysSomething = (shape: Shape): boolean => Object.keys(shape.properties).length > 0 || shape.items !== undefined
const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const object = (value: unknown): Schema => asSchema(value) ?? SILENT
const asSchema = (value: unknown): Schema | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined
