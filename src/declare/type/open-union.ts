import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { TielineError } from '../../core/error.ts'
import { type JsonSchema, jsonSchemaOf } from '../contract/json-schema-of.ts'

type Members = Readonly<Record<string, StandardSchemaV1>>
type Known<M extends Members> = { [K in keyof M]: StandardSchemaV1.InferOutput<M[K]> }[keyof M]

/** An object of a kind that nobody has declared: only its discriminator is known. */
type Other<D extends string> = { readonly [K in D]: string } & { readonly [name: string]: unknown }

export interface OpenUnion<D extends string, M extends Members> {
  readonly '~standard': StandardSchemaV1.Props<unknown, Known<M> | Other<D>> &
    StandardJSONSchemaV1.Props<unknown, Known<M> | Other<D>>
  readonly discriminator: D
  readonly known: readonly (keyof M & string)[]
  /** Narrows to the declared alternatives. */
  readonly isKnown: (value: Known<M> | Other<D>) => value is Known<M>
}

/**
 * Alternatives told apart by one field, of a list that grows: `openUnion('type', { card: Card, sepa: Sepa })`. An object whose `type` is declared
 * is checked by that schema alone; any other needs a text there, and comes out as it went in.
 * @throws {TielineError} `DECLARATION_INVALID` without a discriminator or alternatives.
 */
export function openUnion<const D extends string, const M extends Members>(
  discriminator: D,
  members: M,
): OpenUnion<D, M> {
  type T = Known<M> | Other<D>
  const known = Object.freeze(Object.keys(members))
  if (discriminator === '' || known.length === 0) {
    throw new TielineError(
      'DECLARATION_INVALID',
      'openUnion: name the field that tells the alternatives apart, and declare at least one',
    )
  }
  const kindOf = (value: unknown): string | undefined => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, discriminator)) return undefined
    const kind = (value as Readonly<Record<string, unknown>>)[discriminator]
    return typeof kind === 'string' ? kind : undefined
  }
  const memberOf = (kind: string): StandardSchemaV1 | undefined =>
    Object.hasOwn(members, kind) ? members[kind] : undefined
  const convert = ({ target }: StandardJSONSchemaV1.Options): Record<string, unknown> => {
    if (target !== 'draft-2020-12') throw new TielineError('VALUE_INVALID', `JSON Schema ${target}: only draft-2020-12`)
    return published(discriminator, members)
  }
  return Object.freeze({
    discriminator,
    known,
    isKnown: (value: T): value is Known<M> => known.includes(kindOf(value) ?? ''),
    '~standard': Object.freeze({
      version: 1,
      vendor: 'tieline',
      validate: (value: unknown): StandardSchemaV1.Result<T> | Promise<StandardSchemaV1.Result<T>> => {
        const kind = kindOf(value)
        if (kind === undefined)
          return { issues: [{ path: [discriminator], message: 'expected a text that tells the kind' }] }
        const member = memberOf(kind)
        if (member === undefined) return { value: value as T }
        return member['~standard'].validate(value) as StandardSchemaV1.Result<T> | Promise<StandardSchemaV1.Result<T>>
      },
      jsonSchema: Object.freeze({ input: convert, output: convert }),
    } as const),
  })
}

function published(discriminator: string, members: Members): Record<string, unknown> {
  const alternatives = Object.entries(members).map(([kind, member], i): JsonSchema => {
    const schema = jsonSchemaOf(member)
    if (schema === undefined) throw new TielineError('VALUE_INVALID', `openUnion: ${kind} gives no JSON Schema`)
    const { $schema: _, ...own } = schema
    return moved(own, `#/anyOf/${i}`) as JsonSchema
  })
  const other = {
    type: 'object',
    properties: { [discriminator]: { type: 'string', not: { enum: Object.keys(members) } } },
    required: [discriminator],
  }
  return { anyOf: [...alternatives, other], 'x-tieline-open': true }
}

/** A document at another place of a larger one: its references within itself go there. */
function moved(schema: unknown, to: string): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map((item) => moved(item, to))
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const within = key === '$ref' && typeof value === 'string' && /^#(?:$|\/)/.test(value)
      return [key, within ? `${to}${value.slice(1)}` : moved(value, to)]
    }),
  )
}
