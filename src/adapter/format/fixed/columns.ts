import { TielineError } from '../../../core/error.ts'
import { encodingOf } from '../text/encoding.ts'

export interface FixedColumn {
  readonly name: string
  readonly width: number
  /** Which side the text stands on; the other is filled up. Default `left`. */
  readonly align?: 'left' | 'right'
  /** One character. Default a space. */
  readonly pad?: string
}

export interface FixedOptions {
  /** In their order; every line is exactly as wide as all of them. */
  readonly columns: readonly FixedColumn[]
  /** What a width counts. Default `characters`: UTF-16 units, one for every letter of Europe's languages. */
  readonly unit?: 'characters' | 'bytes'
  /** UTF-8 or a single-byte one. Default `utf-8`. */
  readonly encoding?: string
}

/** Columns of one line, checked and with defaults. */
export interface Layout {
  readonly columns: readonly Required<FixedColumn>[]
  readonly width: number
  readonly bytes: boolean
  readonly encoding: string
}

/** @throws {TielineError} DECLARATION_INVALID naming the option */
export function layoutOf({ columns, unit = 'characters', encoding = 'utf-8' }: FixedOptions): Layout {
  if (columns.length === 0) refuse('columns: at least one is expected')
  const names = new Set<string>()
  const settled = columns.map(({ name, width, align = 'left', pad = ' ' }) => {
    if (name === '' || name === '__proto__' || names.has(name))
      refuse(`columns: ${JSON.stringify(name)} is not a name, or comes twice`)
    if (!(Number.isInteger(width) && width > 0)) refuse(`columns: the width of ${name} must be a whole number above 0`)
    if (!/^[\x20-\x7e]$/.test(pad)) refuse(`columns: the pad of ${name} must be one ASCII character`)
    names.add(name)
    return { name, width, align, pad }
  })
  let found: ReturnType<typeof encodingOf> | undefined
  try {
    found = encodingOf(encoding)
  } catch {
    found = undefined
  }
  if (found === undefined || found.width === 'utf-16') return refuse('encoding: utf-8 or a single-byte one is expected')
  const width = settled.reduce((sum, column) => sum + column.width, 0)
  return Object.freeze({ columns: settled, width, bytes: unit === 'bytes', encoding: found.name })
}

function refuse(message: string): never {
  throw new TielineError('DECLARATION_INVALID', message)
}
