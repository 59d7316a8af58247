import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { Check, Compile, Errors, Meta, type Validator } from 'typebox/schema'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { isEverywhere } from './closed/name.ts'
import type { JsonSchema } from './json-schema-of.ts'

export type { JsonSchema } from './json-schema-of.ts'

/** JSON Schema 2020-12 in the clothes of a schema library. */
export type TypedJsonSchema<T> = StandardSchemaV1<T, T> & StandardJSONSchemaV1<T, T>

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/**
 * A plain JSON Schema (draft 2020-12) as a schema for `contract(…)`. T is what its author says the values are; the value comes out as it went
 * in, so `default` is documentation. TypeBox checks it: `typebox/schema` takes 35 to 40 ms to import, which only users of this module pay.
 * @throws {TielineError} `DECLARATION_INVALID` with the place of the mistake, where the schema is none.
 */
export function jsonSchema<T>(schema: JsonSchema): TypedJsonSchema<T> {
  const own = deepFreeze(copied(schema))
  checkSchema(own)
  let compiled: Validator | undefined
  const validate = (value: unknown): StandardSchemaV1.Result<T> => {
    compiled ??= Compile(own) // some milliseconds, at the first value; without code from strings it interprets
    if (compiled.Check(value)) return { value: value as T }
    const [, errors] = Errors(own, value)
    return { issues: errors.map((error) => ({ message: error.message, path: pathOf(error.instancePath) })) }
  }
  const convert = ({ target }: StandardJSONSchemaV1.Options): Record<string, unknown> => {
    if (target !== 'draft-2020-12') throw new TielineError('VALUE_INVALID', `JSON Schema ${target}: only draft-2020-12`)
    return own
  }
  return Object.freeze({
    '~standard': Object.freeze({
      version: 1,
      vendor: 'tieline',
      validate,
      jsonSchema: Object.freeze({ input: convert, output: convert }),
    } as const),
  })
}

/** The keys of a JSON Pointer (RFC 6901). */
const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

function copied(schema: JsonSchema): JsonSchema {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(schema))
    if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return copy as JsonSchema
  } catch {
    // a cycle, a bigint
  }
  throw invalid('', 'use an object of plain JSON')
}

function checkSchema(schema: JsonSchema): void {
  if (schema['$schema'] !== undefined && schema['$schema'] !== DIALECT) throw invalid('/$schema', `only ${DIALECT}`)
  if (!Check(Meta[DIALECT], schema)) {
    const [, [first]] = Errors(Meta[DIALECT], schema)
    throw invalid(first?.instancePath ?? '', first?.message ?? 'it is no JSON Schema')
  }
  checkKeywords(schema, schema, '')
}

const DATA = new Set(['const', 'enum', 'default', 'examples'])

/** What the meta-schema cannot say: references lead somewhere, and required names are not those of every object. */
function checkKeywords(schema: unknown, whole: JsonSchema, at: string): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, value] of Object.entries(schema)) {
    const here = `${at}/${key}`
    if (key === '$ref' && typeof value === 'string' && value.startsWith('#/') && !leads(value, whole)) {
      throw invalid(here, `${value} leads nowhere`)
    }
    if (key === 'required' && Array.isArray(value)) {
      const name = value.find((item) => typeof item === 'string' && isEverywhere(item))
      if (name !== undefined) throw invalid(here, `'${name}' is a property of every object, so it cannot be required`)
    }
    if (!DATA.has(key)) checkKeywords(value, whole, here)
  }
}

function leads(ref: string, whole: JsonSchema): boolean {
  let found: unknown = whole
  for (const key of pathOf(decodeURIComponent(ref.slice(1)))) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return false
    found = (found as Readonly<Record<string, unknown>>)[key]
  }
  return true
}

const invalid = (at: string, message: string): TielineError =>
  new TielineError('DECLARATION_INVALID', `JSON Schema, at ${at || 'its root'}: ${message}`)
