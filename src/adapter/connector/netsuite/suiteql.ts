import { TielineError } from '../../../core/error.ts'

/** A query whose values are written as literals, so that none can become part of the statement. */
export interface SuiteQl {
  readonly kind: 'suiteql'
  readonly text: string
}

/** A list stands for `(…)` after IN. */
export type SuiteQlValue = Scalar | readonly Scalar[]
type Scalar = string | number | bigint | boolean | null

/** Oracle's limit for the values after one IN. */
const MAX_LIST = 1_000

/**
 * suiteql`SELECT id, email FROM customer WHERE email = ${email} AND subsidiary IN ${[1, 2]} ORDER BY id`.
 * Text becomes `'…'` with `'` doubled, which is SQL's only escape; booleans become `'T'` and `'F'` as NetSuite keeps them. Oracle takes an empty
 * text for NULL: compare with IS NULL. Values bring their quotes; a pattern for LIKE is a value as a whole.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html.
 * @throws {TielineError} REQUEST_INVALID for a value that has no literal
 */
export function suiteql(strings: TemplateStringsArray, ...values: readonly SuiteQlValue[]): SuiteQl {
  let text = strings[0] as string
  for (let i = 0; i < values.length; i++) {
    const after = strings[i + 1] as string
    if (endsInQuotes(text) || text.endsWith("'") || after.startsWith("'"))
      throw new TielineError('REQUEST_INVALID', `value ${i + 1} of the query stands in quotes: leave them out`)
    text += written(values[i] as SuiteQlValue) + after
  }
  return Object.freeze({ kind: 'suiteql', text })
}

/** Literals have an even number of quotes, so an odd one is open. */
function endsInQuotes(text: string): boolean {
  return (text.split("'").length - 1) % 2 === 1
}

function written(value: SuiteQlValue): string {
  if (isList(value)) {
    if (value.length >= 1 && value.length <= MAX_LIST) return `(${value.map(literal).join(', ')})`
    throw new TielineError('REQUEST_INVALID', `a list of ${value.length} values in a query: use 1 to ${MAX_LIST}`)
  }
  return literal(value)
}

function literal(value: Scalar): string {
  switch (typeof value) {
    case 'string':
      if (value.includes('\0') || !value.isWellFormed())
        throw new TielineError('REQUEST_INVALID', 'a text in the query has a zero byte or is not well-formed Unicode')
      return `'${value.replaceAll("'", "''")}'`
    case 'boolean':
      return value ? "'T'" : "'F'"
    case 'bigint':
    case 'number':
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new TielineError('REQUEST_INVALID', `${value} cannot be written in a query`)
      return value < 0 ? `(${value})` : String(value) // `-` before it and its own would begin a comment
    default:
      if (value === null) return 'NULL'
      throw new TielineError(
        'REQUEST_INVALID',
        `a value of a query is ${typeof value}: use text, a number or a boolean`,
      )
  }
}

function isList(value: SuiteQlValue): value is readonly Scalar[] {
  return Array.isArray(value)
}
