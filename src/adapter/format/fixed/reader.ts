import type { Format, Place, Say } from '../place.ts'
import { Lines } from '../text/lines.ts'
import { type FixedOptions, type Layout, layoutOf } from './columns.ts'

/**
 * Reads lines of fixed width as a stream of records, always text, without what fills a column up. A line of another width, or not of the
 * encoding, is a fault; empty lines are passed over.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function fixedRecords(options: FixedOptions): Format<Readonly<Record<string, string>>> {
  const layout = layoutOf(options)
  // A character takes at most four bytes.
  const most = layout.bytes ? layout.width : layout.width * 4
  return Object.freeze({
    format: 'fixed' as const,
    open: (say: Say<Readonly<Record<string, string>>>, from?: Place) => {
      const decoder = new TextDecoder(layout.encoding, { fatal: true, ignoreBOM: true })
      const decode = (bytes: Uint8Array): string => decoder.decode(bytes)
      let record = from?.record ?? 0
      return new Lines(
        most,
        (bytes, line, { byte, line: nextLine }) => {
          if (bytes?.length === 0) return
          const value = bytes === undefined ? `more than ${most} bytes` : cut(bytes, layout, decode)
          record++
          const next: Place = { byte, record, line: nextLine, column: 1, encoding: layout.encoding, prolog: '' }
          if (typeof value !== 'string') say({ as: 'record', record, line, next, value })
          else
            say({ as: 'fault', record, line, next, fault: `the line has ${value}, ${expected(layout)} are expected` })
        },
        from,
      )
    },
  })
}

const expected = ({ width, bytes }: Layout): string => `${width} ${bytes ? 'bytes' : 'characters'}`

/** The record, or what the line has instead. */
function cut(line: Uint8Array, layout: Layout, decode: (bytes: Uint8Array) => string): Record<string, string> | string {
  const { columns, width, bytes, encoding } = layout
  if (bytes && line.length !== width) return `${line.length} bytes`
  const value: Record<string, string> = {}
  let at = 0
  try {
    const text = bytes ? '' : decode(line)
    if (!bytes && text.length !== width) return `${text.length} characters`
    for (const { name, width: wide, align, pad } of columns) {
      const field = bytes ? decode(line.subarray(at, at + wide)) : text.slice(at, at + wide)
      value[name] = stripped(field, align, pad)
      at += wide
    }
  } catch {
    return `bytes that are not ${encoding}`
  }
  return value
}

function stripped(field: string, align: 'left' | 'right', pad: string): string {
  let from = 0
  let to = field.length
  if (align === 'right') while (from < to && field[from] === pad) from++
  else while (to > from && field[to - 1] === pad) to--
  // A number filled up with zeros keeps one: 0000 is 0, not nothing.
  if (pad === '0' && from === to && field.length > 0) return '0'
  return field.slice(from, to)
}
