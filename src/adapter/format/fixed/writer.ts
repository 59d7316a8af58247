import { TielineError } from '../../../core/error.ts'
import type { Writer } from '../write.ts'
import { type FixedOptions, layoutOf } from './columns.ts'

export interface FixedWriterOptions extends Omit<FixedOptions, 'encoding'> {
  /** Default LF. */
  readonly newline?: '\r\n' | '\n'
}

/**
 * Writes records as lines of fixed width, in UTF-8. A value that is wider than its column is refused, never cut.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function fixedWriter(options: FixedWriterOptions): Writer<Readonly<Record<string, unknown>>> {
  const { columns, bytes } = layoutOf(options)
  const { newline = '\n' } = options
  return Object.freeze({
    head: '',
    record: (value: Readonly<Record<string, unknown>>) =>
      columns
        .map(({ name, width, align, pad }) => {
          const text = textOf(Object.hasOwn(value, name) ? value[name] : undefined, name)
          const free = width - (bytes ? Buffer.byteLength(text) : text.length)
          if (free < 0)
            throw new TielineError(
              'VALUE_INVALID',
              `${name}: at most ${width} ${bytes ? 'bytes' : 'characters'} are expected`,
            )
          return align === 'right' ? pad.repeat(free) + text : text + pad.repeat(free)
        })
        .join('') + newline,
    tail: '',
  })
}

function textOf(value: unknown, name: string): string {
  if (value === null || value === undefined) return ''
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'bigint' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
        ? String(value)
        : undefined
  if (text === undefined || /[\r\n]/.test(text))
    throw new TielineError('VALUE_INVALID', `${name}: text of one line, a finite number or a boolean is expected`)
  return text
}
