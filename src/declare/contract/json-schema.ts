import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { Compile, Errors, type Validator } from 'typebox/schema'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { typeNamed } from '../type/named.ts'
import { converted } from './dialect/convert.ts'
import { checkDeclared } from './dialect/declared.ts'
import { dialectOf, schemaMistake } from './dialect/keyword.ts'
import { type RunnableOptions, runnable } from './dialect/runnable.ts'
import type { JsonSchema } from './json-schema-of.ts'

export type { JsonSchema } from './json-schema-of.ts'

/** JSON Schema in the clothes of a schema library. */
export type TypedJsonSchema<T> = StandardSchemaV1<T, T> & StandardJSONSchemaV1<T, T>

export interface JsonSchemaOptions {
  /** Documents that references lead to, by address. Nothing else is ever read: no network, no files. */
  readonly documents?: Readonly<Record<string, JsonSchema>>
  /** `check` (default): a format is a rule, as people expect. `note`: it says nothing about values, as the standard has it. */
  readonly formats?: 'check' | 'note'
  /** Keywords and formats beyond the standard that are known to say nothing about values: `['markdownDescription', 'int64']`. */
  readonly unchecked?: readonly string[]
}

type Documents = Readonly<Record<string, JsonSchema>>

/**
 * A plain JSON Schema as a schema for `contract(…)`: draft 2020-12, or draft-07 where `$schema` says so. T is what its author says the values
 * are; the value comes out as it went in, so `default` is documentation. TypeBox checks it: `typebox/schema` takes 35 to 40 ms to import,
 * which only users of this module pay. Of the required tests of the official suite all pass but those for meta-schemas of one's own.
 * @throws {TielineError} `DECLARATION_INVALID` with the place of the mistake, where the schema is none, or says what would not be checked.
 */
export function jsonSchema<T>(schema: object, options: JsonSchemaOptions = {}): TypedJsonSchema<T> {
  const own = deepFreeze(copied(schema))
  const documents = deepFreeze(copied(options.documents ?? {})) as Documents
  const dialect = dialectOf(own, 'draft-2020-12', '')
  const checkFormats = options.formats !== 'note'
  const unchecked = new Set(options.unchecked)
  const metas = checkDeclared({ schema: own, documents, dialect, checkFormats, unchecked })
  let ready: Ready | undefined
  const validate = (value: unknown): StandardSchemaV1.Result<T> => {
    ready ??= prepared(own, { ...metas, ...documents }, { dialect, checkFormats, types: typeNamed })
    if (ready.checker.Check(value)) return { value: value as T }
    const [, errors] = Errors(ready.context, ready.schema, value)
    return { issues: errors.map((error) => ({ message: error.message, path: pathOf(error.instancePath) })) }
  }
  const convert = (options: StandardJSONSchemaV1.Options): Record<string, unknown> => {
    const target: string = options.target
    if (target === 'draft-07' || target === 'draft-2020-12') return converted(own, dialect, target)
    throw new TielineError('VALUE_INVALID', `JSON Schema ${target}: only draft-2020-12 and draft-07`)
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

/**
 * A schema in the words of draft-07, for those who read no other: `draft07(Payment.jsonSchema)` has the semantics of the contract's fields, too.
 * @throws {TielineError} `VALUE_INVALID` for what draft-07 cannot say, such as `unevaluatedProperties`.
 */
export function draft07(schema: JsonSchema): JsonSchema {
  return converted(schema, dialectOf(schema, 'draft-2020-12', ''), 'draft-07')
}

interface Ready {
  readonly context: Documents
  readonly schema: JsonSchema
  readonly checker: Validator
}

/** Some milliseconds, at the first value. Where making code from strings is forbidden it interprets. */
function prepared(schema: JsonSchema, documents: Documents, options: RunnableOptions): Ready {
  const run = (given: unknown): JsonSchema => runnable(given, options) as JsonSchema
  const context = Object.fromEntries(Object.entries(documents).map(([address, document]) => [address, run(document)]))
  const own = run(schema)
  return { context, schema: own, checker: Compile(context, own) }
}

/** The keys of a JSON Pointer (RFC 6901). */
const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

function copied(schema: object): JsonSchema {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(schema))
    if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return copy as JsonSchema
  } catch {
    // a cycle, a bigint
  }
  throw schemaMistake('', 'use an object of plain JSON')
}
