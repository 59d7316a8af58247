import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type JsonSchema, jsonSchemaOf } from '../json-schema-of.ts'
import { isEverywhere } from './name.ts'

/** What we read of a Valibot 1 schema. */
interface Schema {
  readonly type: string
  readonly async: boolean
  readonly entries?: Readonly<Record<string, unknown>>
  readonly default?: unknown
  readonly fallback?: unknown
}

/**
 * `toStandardJsonSchema` of @valibot/to-json-schema shows every schema and action that it converts; one that we do not know makes the contract
 * open. It throws at pipes that change the value when it is not told to cut them there.
 */
export function closedValibot(schema: StandardSchemaV1): JsonSchema | undefined {
  let open = false
  const overrideSchema = ({ valibotSchema }: { valibotSchema: Schema }): void => {
    if (!isClosed(valibotSchema)) open = true
  }
  const overrideAction = ({ valibotAction }: { valibotAction: { readonly type: string } }): void => {
    if (!ACTIONS.has(valibotAction.type)) open = true
  }
  const converted = jsonSchemaOf(schema, { typeMode: 'ignore', overrideSchema, overrideAction })
  return open ? undefined : converted
}

// not closed: object (strips), loose_object and record (leave out three names), exact_optional, tuple, variant, intersect, lazy, custom, …
const TYPES = new Set([
  'string',
  'number',
  'boolean',
  'null',
  'any',
  'unknown',
  'array',
  'strict_object',
  'nullable',
  'nullish',
  'optional',
  'literal',
  'picklist',
  'union',
])

// not closed: lengths (Valibot counts UTF-16 units, JSON Schema code points), patterns (their flags are lost), formats (no pattern)
const ACTIONS = new Set(['integer', 'min_value', 'max_value', 'gt_value', 'lt_value', 'title', 'description'])

const isClosed = (schema: Schema): boolean =>
  !schema.async &&
  TYPES.has(schema.type) &&
  schema.default === undefined &&
  !('fallback' in schema) && // it takes anything, which decides between the options of a union
  !Object.keys(schema.entries ?? {}).some(isEverywhere)
