import { isEverywhere } from '../closed/name.ts'
import type { JsonSchema } from '../json-schema-of.ts'
import { type Dialect, dialectOf, isKeyword } from './keyword.ts'
import { mapped } from './mapped.ts'
import { isUnique } from './unique.ts'

/** A check of TypeBox's own keyword `~refine`. */
interface Refinement {
  readonly check: (value: unknown) => boolean
  readonly error: () => string
}

/** The check of a type that a schema names with `x-tieline-type`. */
export type NamedTypes = (name: string) => Refinement | undefined

export interface RunnableOptions {
  readonly dialect: Dialect
  readonly checkFormats: boolean
  readonly types: NamedTypes
}

/**
 * A copy of a schema as the checker runs it right: in draft-07 a `$ref` hides what stands beside it; words of other
 * drafts say nothing; lists are compared in linear time; and
 * names that every object answers to are looked for in the document, not in JavaScript.
 */
export function runnable(given: unknown, options: RunnableOptions): unknown {
  if (typeof given !== 'object' || given === null) return given
  const dialect = dialectOf(given, options.dialect, '')
  const known = Object.entries(given).filter(([key]) => isKeyword(key, dialect) || key.startsWith('x-'))
  const visible = dialect === 'draft-07' ? withoutHidden(Object.fromEntries(known)) : Object.fromEntries(known)
  const schema: Record<string, unknown> = mapped(visible, (inner) => runnable(inner, { ...options, dialect }))
  const refinements: Refinement[] = []
  if (dialect === 'draft-07') delete schema['$schema'] // with it, the checker takes an inner $id as 2020-12 does
  if (!options.checkFormats) delete schema['format']
  if (schema['uniqueItems'] === true) {
    delete schema['uniqueItems']
    refinements.push(UNIQUE)
  }
  const { required, properties } = schema
  if (Array.isArray(required) && required.some(isEverywhere)) {
    schema['required'] = required.filter((name: string) => !isEverywhere(name))
    refinements.push(...required.filter(isEverywhere).map(requires))
  }
  if (Object.keys((properties ?? {}) as object).some(isEverywhere)) Object.assign(schema, byPattern(schema))
  const type = schema['x-tieline-type']
  const named = typeof type === 'string' ? options.types(type) : undefined
  if (named !== undefined) refinements.push(named)
  return refinements.length === 0 ? schema : { ...schema, '~refine': refinements }
}

/** Definitions beside a reference are still there to be referred to. */
function withoutHidden(schema: JsonSchema): JsonSchema {
  if (typeof schema['$ref'] !== 'string') return schema
  return Object.fromEntries(Object.entries(schema).filter(([key]) => ['$ref', '$defs', 'definitions'].includes(key)))
}

const UNIQUE: Refinement = Object.freeze({
  check: (value: unknown) => !Array.isArray(value) || isUnique(value),
  error: () => 'must not have duplicate items',
})

const requires = (name: string): Refinement => ({
  check: (value) => typeof value !== 'object' || value === null || Array.isArray(value) || Object.hasOwn(value, name),
  error: () => `must have required properties ${name}`,
})

/** Patterns are held against own names only. */
function byPattern({ properties, patternProperties, allOf }: JsonSchema): JsonSchema {
  const entries = Object.entries(properties as object)
  const moved = entries.filter(([name]) => isEverywhere(name)).map(([name, schema]) => [`^${name}$`, schema] as const)
  const patterns = { ...(patternProperties as object) }
  const clash = moved.some(([pattern]) => Object.hasOwn(patterns, pattern))
  return {
    properties: Object.fromEntries(entries.filter(([name]) => !isEverywhere(name))),
    patternProperties: { ...patterns, ...Object.fromEntries(moved) },
    ...(clash ? { allOf: [...((allOf ?? []) as unknown[]), { patternProperties: patterns }] } : {}),
  }
}
