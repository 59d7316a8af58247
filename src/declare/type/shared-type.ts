import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { annotationsOf } from '../contract/annotation.ts'
import type { JsonSchema } from '../contract/json-schema-of.ts'
import type { FieldSemantics } from '../contract/semantics.ts'

/**
 * A type that many contracts share: a check, JSON Schema and what it means, in one value. It is a Standard Schema by itself; within objects of
 * Zod: `z.string().refine(iban.is, iban.expected).meta(iban.schema)`; of Valibot: `v.custom<string>(iban.is, iban.expected)`; of
 * ArkType: `type('string').narrow(iban.is)`; of JSON Schema: `properties: { account: iban.schema }`, which checks it whole.
 */
export interface SharedType<T> {
  readonly '~standard': StandardSchemaV1.Props<T, T> & StandardJSONSchemaV1.Props<T, T>
  readonly kind: 'type'
  readonly name: string
  readonly is: (value: unknown) => value is T
  /** What is expected, in a few words: the message of an issue. */
  readonly expected: string
  /** JSON Schema with its semantics. It alone may let more through than `is`: a check sum is no pattern. */
  readonly schema: JsonSchema
  /** For the `fields` of a contract: `fields: { account: { ...iban.semantics, means: 'where we pay to' } }`. */
  readonly semantics: FieldSemantics
  /** Where its rules stand. */
  readonly spec: string
  readonly examples: readonly T[]
  /** Looks right, and is not. */
  readonly rejects: readonly unknown[]
}

export interface SharedTypeSpec<T> {
  readonly expected: string
  readonly json: JsonSchema
  readonly semantics: FieldSemantics
  readonly spec: string
  readonly examples: readonly T[]
  readonly rejects: readonly unknown[]
}

export function sharedType<T>(
  name: string,
  is: (value: unknown) => boolean,
  { expected, json, semantics, spec, examples, rejects }: SharedTypeSpec<T>,
): SharedType<T> {
  const schema: JsonSchema = deepFreeze({
    ...json,
    ...annotationsOf(semantics),
    examples,
    'x-tieline-type': name,
  })
  const convert = ({ target }: StandardJSONSchemaV1.Options): Record<string, unknown> => {
    if (target === 'draft-2020-12' || target === 'draft-07') return schema
    throw new TielineError('VALUE_INVALID', `JSON Schema ${target}: only draft-2020-12 and draft-07`)
  }
  const issue: StandardSchemaV1.FailureResult = deepFreeze({ issues: [{ message: expected }] })
  return Object.freeze({
    kind: 'type',
    name,
    is: is as (value: unknown) => value is T,
    expected,
    schema,
    semantics: deepFreeze(semantics),
    spec,
    examples: deepFreeze(examples),
    rejects: deepFreeze(rejects),
    '~standard': Object.freeze({
      version: 1,
      vendor: 'tieline',
      validate: (value: unknown): StandardSchemaV1.Result<T> => (is(value) ? { value: value as T } : issue),
      jsonSchema: Object.freeze({ input: convert, output: convert }),
    } as const),
  })
}

/** Text that fits a pattern, is no longer than `max` characters, and passes what no pattern can say. */
export function textType(
  name: string,
  { pattern, max, also = () => true, ...spec }: Omit<SharedTypeSpec<string>, 'json'> & TextRule,
): SharedType<string> {
  const is = (value: unknown): boolean =>
    typeof value === 'string' && value.length <= max && pattern.test(value) && also(value)
  return sharedType(name, is, { ...spec, json: { type: 'string', maxLength: max, pattern: pattern.source } })
}

interface TextRule {
  /** Without flags, or with `u`; whole text, in linear time. */
  readonly pattern: RegExp
  readonly max: number
  readonly also?: (text: string) => boolean
}
