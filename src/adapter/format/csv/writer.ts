import { TielineError } from '../../../core/error.ts'
import type { Writer } from '../write.ts'
import type { Separator } from './detect.ts'
import { isFormula } from './formula.ts'

export interface CsvWriterOptions {
  /** The keys to write, in their order; they are the header row. */
  readonly columns: readonly string[]
  /** Default true. */
  readonly header?: boolean
  /** Default `,`. */
  readonly separator?: Separator
  /** Default CR LF, as RFC 4180 says. */
  readonly newline?: '\r\n' | '\n'
  /** A byte order mark, without which some spreadsheets read UTF-8 as something else. Default false. */
  readonly bom?: boolean
  /** `neutralise`: what a spreadsheet would run gets an apostrophe in front. `keep`: only for readers that are no spreadsheet. Default `neutralise`. */
  readonly formulas?: 'neutralise' | 'keep'
}

/**
 * Writes records as CSV by RFC 4180. `null` and `undefined` are empty fields; numbers, big integers and booleans are written as JavaScript
 * writes them.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function csvWriter(options: CsvWriterOptions): Writer<Readonly<Record<string, unknown>>> {
  const { columns, header = true, separator = ',', newline = '\r\n', bom = false, formulas = 'neutralise' } = options
  if (columns.length === 0 || new Set(columns).size !== columns.length)
    throw new TielineError('DECLARATION_INVALID', 'columns: names are expected, each once')
  const special = new RegExp(`["\\r\\n\\uFEFF]|^\\s|\\s$|${separator === '|' ? '\\|' : separator}`)
  const field = (text: string): string => {
    const safe = formulas === 'neutralise' && isFormula(text) ? `'${text}` : text
    // A row of one empty field would be a blank line, which readers pass over.
    const quoted = special.test(safe) || (safe === '' && columns.length === 1)
    return quoted ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const row = (fields: readonly string[]): string => fields.map(field).join(separator) + newline
  return Object.freeze({
    head: (bom ? '\uFEFF' : '') + (header ? row(columns) : ''),
    record: (value: Readonly<Record<string, unknown>>) => row(columns.map((column) => textOf(value, column))),
    tail: '',
  })
}

function textOf(record: Readonly<Record<string, unknown>>, column: string): string {
  const value = Object.hasOwn(record, column) ? record[column] : undefined
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw new TielineError(
    'VALUE_INVALID',
    `${column}: text, a finite number or a boolean is expected; map lists and objects to columns`,
  )
}
