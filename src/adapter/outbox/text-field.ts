import { TielineError } from '../../core/error.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; PostgreSQL cannot store the first of them
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * A text that PostgreSQL can hold.
 * @throws {TielineError} REQUEST_INVALID naming the field
 */
export function textField(value: unknown, field: string, longest: number): string {
  if (typeof value !== 'string' || value === '' || value.length > longest) {
    throw new TielineError('REQUEST_INVALID', `${field}: expected text of 1 to ${longest} characters`)
  }
  if (CONTROL.test(value)) throw new TielineError('REQUEST_INVALID', `${field} holds a control character, such as NUL`)
  if (!value.isWellFormed())
    throw new TielineError('REQUEST_INVALID', `${field} holds half of a surrogate pair, which is no character`)
  return value
}
