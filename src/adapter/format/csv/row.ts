/** A row with quotes, and where the next begins; its newlines are those inside of quotes. */
export interface QuotedRow {
  readonly fields: readonly string[]
  readonly next: number
  readonly newlines: number
  /** What is wrong with it, if anything. */
  readonly fault?: string
}

const QUOTE = 0x22

/**
 * Reads one row by RFC 4180. A quote inside a field that does not begin with one stands for itself, as spreadsheets read it.
 * @returns undefined when the row does not end in the text
 */
export function quotedRow(
  text: string,
  from: number,
  separator: string,
  newline: string,
  final: boolean,
): QuotedRow | undefined {
  const separates = separator.charCodeAt(0)
  const ends = newline.charCodeAt(0)
  const fields: string[] = []
  let newlines = 0
  /** The next newline; behind a field in quotes it may be another. */
  let line = text.indexOf(newline, from)
  let at = from
  for (;;) {
    if (text.charCodeAt(at) === QUOTE) {
      let doubled = false
      let close = text.indexOf('"', at + 1)
      while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
        doubled = true
        close = text.indexOf('"', close + 2)
      }
      // A quote at the end of what has come may be the first of two.
      if (close < 0 || (!final && close + 1 === text.length)) return undefined
      const raw = text.slice(at + 1, close)
      if (line >= 0 && line < close) newlines += count(raw, newline)
      fields.push(doubled ? raw.replaceAll('""', '"') : raw)
      at = close + 1
    } else {
      const next = text.indexOf(separator, at)
      if (line >= 0 && line < at) line = text.indexOf(newline, at)
      if (line < 0 && !final) return undefined
      const end = line < 0 ? text.length : line
      const stop = next >= 0 && next < end ? next : afterCarriage(text, at, end, newline)
      fields.push(text.slice(at, stop))
      at = stop
    }
    const code = text.charCodeAt(at)
    if (code === separates) {
      at++
      continue
    }
    if (code === 0x0d && ends === 0x0a && text.charCodeAt(at + 1) === 0x0a) at++
    if (at >= text.length) return { fields, next: text.length, newlines }
    if (text.charCodeAt(at) === ends) return { fields, next: at + 1, newlines }
    line = text.indexOf(newline, at)
    if (line < 0 && !final) return undefined
    return {
      fields,
      next: line < 0 ? text.length : line + 1,
      newlines,
      fault: `field ${fields.length} goes on after its closing quote: a quote inside a quoted field is written twice`,
    }
  }
}

/** Where a row ends, the CR of CR LF not counted. */
export function afterCarriage(text: string, from: number, end: number, newline: string): number {
  return newline === '\n' && end > from && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end
}

function count(text: string, newline: string): number {
  let found = 0
  for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) found++
  return found
}
