import { TielineError } from '../../../core/error.ts'

/**
 * A path with each value as one segment: path`/v1/customers/${id}`. A value cannot leave its place: it is encoded, and empty, `.` and
 * `..`, which mean another resource, are refused.
 * @throws {TielineError} REQUEST_INVALID
 */
export function path(strings: TemplateStringsArray, ...values: readonly (string | number | bigint)[]): string {
  let text = strings[0] as string
  for (let i = 0; i < values.length; i++) text += segment(String(values[i])) + (strings[i + 1] as string)
  return text
}

function segment(value: string): string {
  if (value === '' || value === '.' || value === '..') {
    throw new TielineError(
      'REQUEST_INVALID',
      `${JSON.stringify(value)} cannot be a part of a path; use the id of the resource`,
    )
  }
  if (!value.isWellFormed()) throw new TielineError('REQUEST_INVALID', 'a part of the path is not well-formed Unicode')
  return encodeURIComponent(value)
}

/** Query parameters; undefined ones are left out, lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** `?a=1&b=2`, or nothing. */
export function query(parameters: Query | undefined): string {
  if (parameters === undefined) return ''
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object') for (const one of value) pairs.append(name, one)
    else if (value !== undefined) pairs.append(name, String(value))
  }
  return pairs.size === 0 ? '' : `?${pairs.toString()}`
}
