import { Check, Errors, Meta } from 'typebox/schema'
import type { JsonSchema } from '../json-schema-of.ts'
import { checkKeywordNames, type Dialect, DRAFT_07, DRAFT_2020_12, dialectOf, schemaMistake } from './keyword.ts'
import { checkLoops } from './loop.ts'
import { checkPattern } from './pattern-risk.ts'
import { type Addresses, addressesOf, type Located } from './reference.ts'

const META: Readonly<Record<Dialect, string>> = { 'draft-2020-12': DRAFT_2020_12, 'draft-07': DRAFT_07 }

/** Formats of JSON Schema Validation 2020-12, section 7.3, and `url`. */
const FORMATS = new Set(
  (
    'date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri iri-reference uuid uri-template ' +
    'json-pointer relative-json-pointer regex url'
  ).split(' '),
)

export interface DeclaredSchema {
  readonly schema: JsonSchema
  readonly documents: Readonly<Record<string, JsonSchema>>
  readonly dialect: Dialect
  readonly checkFormats: boolean
  readonly unchecked: ReadonlySet<string>
}

/**
 * Holds a schema and its documents against the meta-schema of their draft, and against what a meta-schema cannot say: each reference leads
 * somewhere and comes to an end, each keyword and format is checked by something, no pattern takes exponential time.
 * @returns the documents that its references need beside those given: meta-schemas.
 * @throws {TielineError} `DECLARATION_INVALID` with the place.
 */
export function checkDeclared(declared: DeclaredSchema): Readonly<Record<string, JsonSchema>> {
  const { schema, documents, dialect } = declared
  for (const [at, document] of [['', schema] as const, ...Object.entries(documents)]) {
    checkByMeta(document, dialectOf(document, dialect, at), at)
  }
  const metas = metasIn([schema, documents])
  const addresses = addressesOf(schema, { ...metas, ...documents }, dialect)
  for (const located of addresses.all) if (!isMeta(located)) checkWords(located, addresses, declared)
  checkLoops(addresses)
  return metas
}

function checkByMeta(document: JsonSchema, dialect: Dialect, at: string): void {
  const meta = Meta[META[dialect] as keyof typeof Meta]
  if (Check(meta, document)) return
  const [, [first]] = Errors(meta, document)
  throw schemaMistake(at + (first?.instancePath ?? ''), first?.message ?? 'it is no JSON Schema')
}

const metasIn = (documents: unknown): Readonly<Record<string, JsonSchema>> => {
  const text = JSON.stringify(documents)
  const named = Object.values(META).filter((address) => text.includes(`"$ref":"${address.replace('#', '')}`))
  return Object.fromEntries(named.map((address) => [address, Meta[address as keyof typeof Meta] as JsonSchema]))
}

const isMeta = ({ at }: Located): boolean => Object.values(META).some((address) => at.startsWith(address))

function checkWords(located: Located, { resolve }: Addresses, { checkFormats, unchecked }: DeclaredSchema): void {
  const { at, dialect } = located
  if (typeof located.schema !== 'object' || located.schema === null) return
  const schema = located.schema as JsonSchema
  checkKeywordNames(schema, dialect, unchecked, at)
  for (const keyword of ['$ref', '$dynamicRef']) {
    const ref = schema[keyword]
    if (typeof ref === 'string' && resolve(ref, located) === undefined) {
      throw schemaMistake(`${at}/${keyword}`, `${ref} leads nowhere; other documents are given in { documents: { … } }`)
    }
  }
  const { format, pattern, patternProperties } = schema
  if (checkFormats && typeof format === 'string' && !FORMATS.has(format) && !unchecked.has(format)) {
    throw schemaMistake(`${at}/format`, `nothing checks ${format}: correct it, or name it in { unchecked: [ … ] }`)
  }
  if (typeof pattern === 'string') checkPattern(pattern, `${at}/pattern`)
  for (const name of Object.keys((patternProperties ?? {}) as object)) checkPattern(name, `${at}/patternProperties`)
}
