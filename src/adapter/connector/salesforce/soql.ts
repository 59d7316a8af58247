import { TielineError } from '../../../core/error.ts'

/** A query, or a part of one, made by the tag `soql`. A class, so that data of others which looks like a query is not one. */
export class Soql {
  readonly text: string

  constructor(text: string) {
    this.text = text
    Object.freeze(this)
  }
}

/** A day without a time, for fields of the type date: `{ date: '2026-01-31' }`. */
export interface SoqlDate {
  readonly date: string
}

/** A list stands for `('a', 'b')`, after IN. A Date is written in UTC and whole seconds, SOQL's own form. */
export type SoqlValue = Scalar | readonly Scalar[]
type Scalar = string | number | bigint | boolean | null | Date | SoqlDate | Soql

/**
 * A SOQL query whose values cannot leave their place: soql`SELECT Id FROM Account WHERE Name = ${name} AND Tier__c IN ${tiers}`.
 * Values come with their quotes; do not put any around them. Wildcards of LIKE in a value stay wildcards.
 * Source: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm.
 * @throws {TielineError} REQUEST_INVALID for a value that SOQL has no form for, or one within quotes
 */
export function soql(strings: TemplateStringsArray, ...values: readonly SoqlValue[]): Soql {
  // The cooked text: in a template `\\'` is one backslash and a quote.
  if (strings.includes(undefined as never)) throw invalid('a backslash in the query itself starts no escape')
  let text = strings[0] as string
  for (let i = 0; i < values.length; i++) {
    if (endsInQuotes(text))
      throw invalid(`value ${i + 1} stands within quotes: leave them out, they come with the value`)
    text += written(values[i] as SoqlValue) + (strings[i + 1] as string)
  }
  return new Soql(text)
}

function written(value: SoqlValue): string {
  if (!Array.isArray(value)) return scalar(value as Scalar)
  if (value.length === 0) throw invalid('an empty list: SOQL has no form for it, so do not ask')
  return `(${(value as readonly Scalar[]).map(scalar).join(', ')})`
}

function scalar(value: Scalar): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return decimal(value)
  if (value instanceof Date) return instant(value)
  if (value instanceof Soql) return value.text
  if (typeof value === 'object' && 'date' in value) return day(value.date)
  throw invalid(
    `a value of the type ${typeof value}: use text, a number, a boolean, null, a Date, { date } or a list of these`,
  )
}

const ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
})
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const ESCAPED = /[\\'"\u0000-\u001f\u007f\u2028\u2029]/g

function quoted(text: string): string {
  if (!text.isWellFormed()) throw invalid('a text that is not well-formed Unicode')
  const plain = text.replace(ESCAPED, (one) => ESCAPES[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `'${plain}'`
}

function decimal(value: number): string {
  const text = String(value)
  if (/^-?\d+(\.\d+)?$/.test(text)) return text
  throw invalid(`the number ${text}: SOQL takes plain decimals`)
}

function instant(value: Date): string {
  if (Number.isNaN(value.getTime())) throw invalid('a Date that is none')
  return `${value.toISOString().slice(0, -5)}Z`
}

function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw invalid(`the date ${JSON.stringify(text)}: use YYYY-MM-DD`)
}

/** Whether a query that has come so far is inside a quoted text. */
function endsInQuotes(text: string): boolean {
  let inside = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") inside = !inside
    else if (inside && text[at] === '\\') at++
  }
  return inside
}

function invalid(what: string): TielineError {
  return new TielineError('REQUEST_INVALID', `soql: ${what}`)
}
