import { semanticsIn } from './annotation.ts'
import type { JsonSchema } from './json-schema-of.ts'
import { type SchemaField, schemaFields } from './schema-field.ts'
import { type FieldSemantics, isMoneyUnit } from './semantics.ts'
import { isOpen, typeText } from './type-text.ts'

/** A field of a contract with all that is declared of it. */
export interface FieldDescription extends FieldSemantics {
  /** `address.city`, `lines[].sku` */
  readonly path: string
  /** For people: `'paid' | 'refunded'`, `text (date-time)`, `whole number`. */
  readonly type: string
  readonly required: boolean
  /** Values come that nobody has listed: an open enum or union. */
  readonly open: boolean
  /** The currency of an amount: a code, or the whole path of the field that holds it. */
  readonly currency?: string
}

export interface ContractDescription {
  /** Every end of the contract's JSON Schema; none where it has no JSON Schema. */
  readonly fields: readonly FieldDescription[]
  /** Paths of fields whose meaning nobody has written down. */
  readonly withoutMeaning: readonly string[]
}

/** Describes the fields of a JSON Schema (2020-12) by what it says and by its annotations. */
export function descriptionOf(jsonSchema: JsonSchema | undefined): ContractDescription {
  const all = jsonSchema === undefined ? [] : schemaFields(jsonSchema)
  const byPath = new Map(all.map((field) => [field.path, field]))
  const fields = all.filter(({ leaf }) => leaf).map((field) => Object.freeze(fieldDescription(field, byPath)))
  return Object.freeze({
    fields: Object.freeze(fields),
    withoutMeaning: Object.freeze(fields.flatMap(({ path, means }) => (means === undefined ? [path] : []))),
  })
}

type Fields = ReadonlyMap<string, SchemaField>

function fieldDescription(field: SchemaField, fields: Fields): FieldDescription {
  const { personal, source } = inherited(field.path, fields)
  const semantics: FieldSemantics = {
    ...(personal === undefined ? {} : { personal }),
    ...(source === undefined ? {} : { source }),
    ...ownSemantics(field),
  }
  const currency = currencyOf(semantics, field.path, fields)
  return {
    path: field.path,
    type: typeText(field.schemas),
    required: field.required,
    open: field.schemas.some(isOpen),
    ...semantics,
    ...(currency === undefined ? {} : { currency }),
  }
}

/** Of alternatives the first that says a word. */
const ownSemantics = ({ schemas }: SchemaField): FieldSemantics =>
  Object.assign({}, ...schemas.map(semanticsIn).reverse()) as FieldSemantics

function inherited(path: string, fields: Fields): FieldSemantics {
  const found = outer(path).flatMap((place) => {
    const field = fields.get(place)
    return field === undefined ? [] : [ownSemantics(field)]
  })
  return Object.assign({}, ...found.reverse()) as FieldSemantics
}

function currencyOf({ unit }: FieldSemantics, path: string, fields: Fields): string | undefined {
  if (!isMoneyUnit(unit)) return undefined
  return 'code' in unit.currency ? unit.currency.code : currencyField(unit.currency.field, path, new Set(fields.keys()))
}

/** The whole path of a currency's field: beside the amount, else further out. */
export function currencyField(name: string, path: string, paths: ReadonlySet<string>): string | undefined {
  return [...outer(path), '']
    .map((place) => (place === '' ? name : `${place}.${name}`))
    .find((candidate) => paths.has(candidate))
}

/** The places that hold a field, the nearest first: `lines[]`, `lines` for `lines[].sku`. */
function outer(path: string): readonly string[] {
  const cuts = [...path.matchAll(/\.|\[\]/g)].map(({ index }) => path.slice(0, index)).filter((place) => place !== '')
  const lists = [...path.matchAll(/\[\](?=.)/g)].map(({ index }) => path.slice(0, index + 2))
  return [...new Set([...cuts, ...lists])].sort((a, b) => b.length - a.length)
}
