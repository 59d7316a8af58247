import { TielineError } from '../../../core/error.ts'
import type { JsonSchema } from '../json-schema-of.ts'

/** The drafts that are read: `$schema` says which, 2020-12 where it is absent. */
export type Dialect = 'draft-2020-12' | 'draft-07'

export const DRAFT_2020_12 = 'https://json-schema.org/draft/2020-12/schema'
export const DRAFT_07 = 'http://json-schema.org/draft-07/schema#'

/**
 * What stands at a keyword. `in place`: schemas for the same value. `inside`: for values within it. `apart`: definitions.
 */
type Place = 'in place' | 'inside' | 'apart'

const PLACES: Readonly<Record<Place, string>> = {
  'in place': 'allOf anyOf oneOf not if then else dependentSchemas dependencies',
  inside:
    'properties patternProperties additionalProperties propertyNames items prefixItems additionalItems contains unevaluatedItems ' +
    'unevaluatedProperties',
  apart: '$defs definitions contentSchema',
}
/** Keywords whose value holds schemas by name. */
const BY_NAME = new Set('properties patternProperties dependentSchemas dependencies $defs definitions'.split(' '))

const DATA =
  '$schema $id $ref $comment title description default examples deprecated readOnly writeOnly contentMediaType contentEncoding format type enum ' +
  'const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxProperties ' +
  'minProperties required'

const BOTH = `${DATA} allOf anyOf oneOf not if then else properties patternProperties additionalProperties propertyNames items contains $defs definitions`

/** JSON Schema Core and Validation of each draft. `definitions` and `$defs` hold definitions in both: generators mix them. */
const KEYWORDS: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  'draft-07': new Set(`${BOTH} additionalItems dependencies`.split(' ')),
  'draft-2020-12': new Set(
    (
      `${BOTH} prefixItems unevaluatedItems unevaluatedProperties dependentSchemas dependentRequired minContains maxContains contentSchema ` +
      '$anchor $dynamicRef $dynamicAnchor $vocabulary'
    ).split(' '),
  ),
}

const PLACE_OF: ReadonlyMap<string, { readonly place: Place; readonly byName: boolean }> = new Map(
  Object.entries(PLACES).flatMap(([place, names]) =>
    names.split(' ').map((name) => [name, { place: place as Place, byName: BY_NAME.has(name) }] as const),
  ),
)

/** Where the schemas at a keyword stand, and whether they have names; `undefined` where it holds none. */
export const placeOf = (keyword: string): { readonly place: Place; readonly byName: boolean } | undefined =>
  PLACE_OF.get(keyword)

/** What to write instead of a keyword of another draft, or of OpenAPI 3.0. */
const INSTEAD: Readonly<Record<string, string>> = {
  dependencies: 'write dependentRequired or dependentSchemas, or say "$schema" of draft-07',
  additionalItems: 'write prefixItems and items, or say "$schema" of draft-07',
  $recursiveRef: 'write $dynamicRef',
  $recursiveAnchor: 'write $dynamicAnchor',
  id: 'write $id',
  divisibleBy: 'write multipleOf',
  disallow: 'write not',
  extends: 'write allOf',
  nullable: 'add "null" to the type',
  discriminator: 'write oneOf with a const in each alternative',
}

/**
 * The draft of a schema.
 * @throws {TielineError} `DECLARATION_INVALID` for any other.
 */
export function dialectOf(schema: unknown, otherwise: Dialect, at: string): Dialect {
  const said =
    typeof schema === 'object' && schema !== null ? (schema as Readonly<Record<string, unknown>>)['$schema'] : undefined
  if (said === undefined) return otherwise
  if (said === DRAFT_2020_12) return 'draft-2020-12'
  if (said === DRAFT_07 || `${String(said)}#` === DRAFT_07) return 'draft-07'
  throw schemaMistake(`${at}/$schema`, `only ${DRAFT_2020_12} and ${DRAFT_07}`)
}

export interface Sub {
  /** The way from the schema around it: `properties/a`, `allOf/0`, with names as a JSON Pointer escapes them. */
  readonly step: string
  readonly schema: unknown
  readonly place: Place
}

/** The schemas that stand directly in a schema. */
export function* subschemas(schema: JsonSchema): Iterable<Sub> {
  for (const [keyword, value] of Object.entries(schema)) {
    const known = placeOf(keyword)
    if (known === undefined) continue
    const { place, byName } = known
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) yield { step: `${keyword}/${i}`, schema: item, place }
    } else if (!byName) {
      yield { step: keyword, schema: value, place }
    } else {
      for (const [name, item] of Object.entries((value ?? {}) as object)) {
        // of draft-07's dependencies, a list of names is no schema
        if (!Array.isArray(item)) yield { step: `${keyword}/${escaped(name)}`, schema: item, place }
      }
    }
  }
}

/**
 * Keywords that this draft would ignore are mistakes, or mean more to their author than to a checker.
 * @param unchecked names that are known to say nothing about values; and so is all that begins with `x-`.
 * @throws {TielineError} `DECLARATION_INVALID` with the place and what to write instead.
 */
export function checkKeywordNames(
  schema: JsonSchema,
  dialect: Dialect,
  unchecked: ReadonlySet<string>,
  at: string,
): void {
  for (const keyword of Object.keys(schema)) {
    if (isKeyword(keyword, dialect) || keyword.startsWith('x-') || unchecked.has(keyword)) continue
    const instead = Object.hasOwn(INSTEAD, keyword)
      ? INSTEAD[keyword]
      : KEYWORDS['draft-2020-12'].has(keyword)
        ? `say "$schema": "${DRAFT_2020_12}"`
        : 'correct it, or name it in { unchecked: [ … ] }'
    throw schemaMistake(
      `${at}/${escaped(keyword)}`,
      `${keyword} is no keyword of ${dialect}, so nothing would be checked: ${instead}`,
    )
  }
}

/** Whether a draft gives a keyword a meaning. */
export const isKeyword = (keyword: string, dialect: Dialect): boolean => KEYWORDS[dialect].has(keyword)

/** A name as a step of a JSON Pointer, RFC 6901. */
export const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

export const schemaMistake = (at: string, message: string): TielineError =>
  new TielineError('DECLARATION_INVALID', `JSON Schema, at ${at || 'its root'}: ${message}`)
