import { TielineError } from '../../../core/error.ts'
import type { Format, Place, Say } from '../place.ts'
import { Cursor } from '../text/cursor.ts'
import { byteOrderMark, encodingOf, type Width } from '../text/encoding.ts'
import { type TextReader, textIntake } from '../text/intake.ts'
import { newlineOf, SAMPLE, SEPARATORS, type Separator, separatorOf } from './detect.ts'
import { isFormula } from './formula.ts'
import { afterCarriage, quotedRow } from './row.ts'

export interface CsvOptions {
  /** Default: found in the first 64 KiB, see `separatorOf`. */
  readonly separator?: Separator
  /** Names of the columns, for a file without a header row. Default: the first row that is not blank. */
  readonly columns?: readonly string[]
  /** Columns that the header row must have; a file without them is refused at once. */
  readonly required?: readonly string[]
  /** Where there is no byte order mark. Default `utf-8`. */
  readonly encoding?: string
  /** `mark`: each record says which of its columns a spreadsheet would run. Default `ignore`. */
  readonly formulas?: 'ignore' | 'mark'
  /**
   * Characters of one row with its line end. Default 1,048,576. A longer one is a fault; one with quotes breaks the file, for nothing says
   * where it ends.
   */
  readonly maxRow?: number
}

export type CsvRecord = Readonly<Record<string, string>>

/**
 * Reads CSV (RFC 4180 and what partners send instead) as a stream of records, always text: `08123` stays as it is. Blank lines are passed
 * over. A row with more or fewer fields than there are columns is a fault, and so is one with a broken quote.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function csvRecords(options: CsvOptions = {}): Format<CsvRecord> {
  if (options.separator !== undefined && !SEPARATORS.includes(options.separator))
    refuse('separator: one of comma, semicolon, tab, bar is expected')
  const maxRow = options.maxRow ?? 1_048_576
  if (!(Number.isInteger(maxRow) && maxRow > 0)) refuse('maxRow: a whole number above 0 is expected')
  const wrong = options.columns === undefined ? undefined : wrongNames(options.columns)
  if (wrong !== undefined) refuse(`columns: ${wrong}`)
  if (options.encoding !== undefined && !knows(options.encoding))
    refuse('encoding: utf-8, utf-16 or a single-byte one is expected')
  const sniff = (bytes: Uint8Array, final: boolean) => {
    if (bytes.length < 3 && !final) return undefined
    const mark = byteOrderMark(bytes)
    return mark === undefined ? { name: options.encoding ?? 'utf-8', skip: 0 } : { name: mark.name, skip: mark.length }
  }
  const settled = Object.freeze({ ...options, maxRow })
  return Object.freeze({
    format: 'csv' as const,
    open: (say: Say<CsvRecord>, from?: Place) => textIntake(new CsvReader(settled, say, from), sniff, from),
  })
}

interface Layout {
  readonly separator: Separator
  readonly newline: '\n' | '\r'
  /** Not yet known before the header row. */
  readonly columns?: readonly string[]
}

class CsvReader implements TextReader {
  readonly #options: CsvOptions & { readonly maxRow: number }
  readonly #say: Say<CsvRecord>
  #layout: Layout | undefined
  #prolog = ''
  #cursor = new Cursor('single', 0)
  #encoding = ''
  #record: number
  #line: number
  /** Read already, but of a row whose end has not come; and what came behind it. */
  #rest = ''
  #more: string[] = []
  #moreLength = 0
  /** How much of the last buffer is done with. */
  #done = 0
  #overlong = false

  constructor(options: CsvOptions & { readonly maxRow: number }, say: Say<CsvRecord>, from: Place | undefined) {
    this.#options = options
    this.#say = say
    this.#record = from?.record ?? 0
    this.#line = from?.line ?? 1
    if (from !== undefined) this.#lay(JSON.parse(from.prolog) as Layout)
  }

  begin(encoding: string, width: Width, byte: number): void {
    this.#encoding = encoding
    this.#cursor = new Cursor(width, byte)
  }

  take(text: string): void {
    this.#more.push(text)
    this.#moreLength += text.length
    // A long row is not looked at again for every little piece: only when it is half as long again.
    if (this.#rest.length > 4_096 && this.#moreLength * 2 < this.#rest.length) return
    this.#read(false)
  }

  end(): void {
    this.#read(true)
    if (this.#overlong) this.#tooLong(this.#place(this.#rest.length))
  }

  broken(what: string): TielineError {
    if (this.#more.length > 0 || this.#layout === undefined) this.#read(false, true)
    return this.#error(what)
  }

  #error(what: string): TielineError {
    return new TielineError('BODY_MALFORMED', `line ${this.#line}, record ${this.#record + 1}: ${what}`)
  }

  /** @param last nothing comes behind that could be waited for */
  #read(final: boolean, last: boolean = final): void {
    const text =
      this.#more.length === 1 && this.#rest === '' ? (this.#more[0] as string) : this.#rest + this.#more.join('')
    this.#more = []
    this.#moreLength = 0
    this.#cursor.load(text, this.#done)
    this.#done = 0
    this.#rest = text
    let from = 0
    if (this.#layout === undefined) {
      const { separator, columns } = this.#options
      const unsure = separator === undefined || !text.includes('\n')
      if (!last && text.length < SAMPLE && unsure) return
      const found = separatorOf(text.slice(0, SAMPLE))
      from = found.skip
      if (from > 0) this.#line++
      this.#lay({
        separator: separator ?? found.separator,
        newline: newlineOf(text.slice(0, SAMPLE)),
        ...(columns && { columns }),
      })
    }
    this.#done = this.#rows(text, from, this.#layout as Layout, final)
    this.#rest = this.#done === text.length ? '' : text.slice(this.#done)
    this.#cursor.at(this.#done)
  }

  #rows(text: string, from: number, { separator, newline }: Layout, final: boolean): number {
    const { maxRow } = this.#options
    let quote = text.indexOf('"', from)
    let at = from
    while (at < text.length) {
      const line = text.indexOf(newline, at)
      if (this.#overlong) {
        if (line < 0) return text.length
        at = line + 1
        this.#tooLong(this.#place(at))
        continue
      }
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at)
      const end = line < 0 ? text.length : line
      if (quote >= 0 && quote < end && quote - at < maxRow) {
        const row = quotedRow(text, at, separator, newline, final)
        if ((row?.next ?? text.length) - at > maxRow || (row === undefined && final))
          throw this.#error(`a quote in this row does not close, or only after more than ${maxRow} characters`)
        if (row === undefined) return at
        const began = this.#line
        this.#line += row.newlines + 1
        if (row.fault === undefined) this.#row(row.fields, began, row.next)
        else this.#fault(began, row.next, row.fault)
        at = row.next
        continue
      }
      if (line < 0 && !final) {
        if (text.length - at <= maxRow) return at
        this.#overlong = true
        return text.length
      }
      const stop = afterCarriage(text, at, end, newline)
      const next = line < 0 ? end : line + 1
      const began = this.#line++
      if (next - at > maxRow) this.#fault(began, next, this.#tooLongText)
      else if (stop > at) this.#row(text.slice(at, stop).split(separator), began, next)
      at = next
    }
    return at
  }

  #row(fields: readonly string[], line: number, next: number): void {
    const columns = this.#layout?.columns
    if (columns === undefined) {
      this.#header(fields)
      return
    }
    if (fields.length !== columns.length) {
      this.#fault(line, next, `the row has ${fields.length} fields, ${columns.length} columns are expected`)
      return
    }
    const value: Record<string, string> = {}
    for (let i = 0; i < columns.length; i++) value[columns[i] as string] = fields[i] as string
    const record = ++this.#record
    const place = this.#place(next)
    const formulas = this.#options.formulas === 'mark' ? columns.filter((_, i) => isFormula(fields[i] as string)) : []
    if (formulas.length > 0) this.#say({ as: 'record', record, line, next: place, value, formulas })
    else this.#say({ as: 'record', record, line, next: place, value })
  }

  #header(columns: readonly string[]): void {
    const wrong = wrongNames(columns)
    if (wrong !== undefined) throw new TielineError('BODY_MALFORMED', `the header row: ${wrong}`)
    const missing = (this.#options.required ?? []).filter((name) => !columns.includes(name))
    if (missing.length > 0)
      throw new TielineError(
        'BODY_MALFORMED',
        `the header row lacks ${missing.map((name) => JSON.stringify(name)).join(', ')}`,
      )
    this.#lay({ ...(this.#layout as Layout), columns })
  }

  #lay(layout: Layout): void {
    this.#layout = layout
    this.#prolog = JSON.stringify(layout)
  }

  #fault(line: number, next: number, fault: string): void {
    const record = ++this.#record
    this.#say({ as: 'fault', record, line, next: this.#place(next), fault })
  }

  #tooLong(next: Place): void {
    this.#overlong = false
    const line = this.#line++
    const record = ++this.#record
    this.#say({ as: 'fault', record, line, next: { ...next, record, line: line + 1 }, fault: this.#tooLongText })
  }

  get #tooLongText(): string {
    return `the row has more than ${this.#options.maxRow} characters`
  }

  #place(next: number): Place {
    return {
      byte: this.#cursor.at(next),
      record: this.#record,
      line: this.#line,
      column: 1,
      encoding: this.#encoding,
      prolog: this.#prolog,
    }
  }
}

function wrongNames(columns: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (const [i, name] of columns.entries()) {
    if (name.trim() === '') return `column ${i + 1} has no name`
    if (name === '__proto__') return `column ${i + 1} is called __proto__, which is refused`
    if (seen.has(name)) return `column ${i + 1} has the name of another: ${JSON.stringify(name)}`
    seen.add(name)
  }
  return undefined
}

function knows(encoding: string): boolean {
  try {
    encodingOf(encoding)
    return true
  } catch {
    return false
  }
}

function refuse(message: string): never {
  throw new TielineError('DECLARATION_INVALID', message)
}
