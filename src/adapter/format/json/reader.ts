import { isUtf8 } from 'node:buffer'
import { TielineError } from '../../../core/error.ts'
import { guardJson } from '../../../core/json-guard.ts'
import { readJson } from '../../../core/json-value.ts'
import type { Format, Place, Say } from '../place.ts'
import { Lines } from '../text/lines.ts'

export interface NdjsonOptions {
  /** Bytes of one line; a longer one is a fault. Default 1,048,576. */
  readonly maxLine?: number
  /** Objects and lists within each other. Default 64. */
  readonly maxDepth?: number
}

/**
 * Reads JSON, one value a line. A line that is not JSON in UTF-8, too long, too deep or with a key `__proto__` is a fault; blank lines are
 * passed over.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function ndjsonRecords(options: NdjsonOptions = {}): Format<unknown> {
  const { maxLine = 1_048_576, maxDepth = 64 } = options
  for (const [name, limit] of Object.entries({ maxLine, maxDepth }))
    if (!(Number.isInteger(limit) && limit > 0))
      throw new TielineError('DECLARATION_INVALID', `${name}: a whole number above 0 is expected`)
  return Object.freeze({
    format: 'ndjson' as const,
    open: (say: Say<unknown>, from?: Place) => {
      let record = from?.record ?? 0
      return new Lines(
        maxLine,
        (bytes, line, { byte, line: nextLine }) => {
          const marked =
            bytes !== undefined && line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
          const json = marked ? bytes.subarray(3) : bytes
          if (json !== undefined && isBlank(json)) return
          const read = parse(json, maxLine, maxDepth)
          record++
          const next: Place = { byte, record, line: nextLine, column: 1, encoding: 'utf-8', prolog: '' }
          say({ ...read, record, line, next })
        },
        from,
      )
    },
  })
}

type Parsed = { readonly as: 'record'; readonly value: unknown } | { readonly as: 'fault'; readonly fault: string }

function parse(bytes: Buffer | undefined, maxLine: number, maxDepth: number): Parsed {
  if (bytes === undefined) return { as: 'fault', fault: `the line has more than ${maxLine} bytes` }
  if (!isUtf8(bytes)) return { as: 'fault', fault: 'the line is not valid UTF-8' }
  const guarded = guardJson(bytes, maxDepth)
  if (guarded === 'deep') return { as: 'fault', fault: `the line is nested deeper than ${maxDepth} levels` }
  if (guarded === 'prototype') return { as: 'fault', fault: 'the line has an object with the key "__proto__"' }
  try {
    return { as: 'record', value: readJson(bytes.toString()) }
  } catch (thrown) {
    // The parser's sentence may quote the text; only the place is its own.
    const place = /at position (\d+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1]
    return {
      as: 'fault',
      fault: `the line is not JSON${place === undefined ? '' : `: it goes wrong at character ${Number(place) + 1}`}`,
    }
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
