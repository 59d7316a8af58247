import { paint } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import type { Place } from './place.ts'

/** What is wrong with a configuration file, where, and what to do. */
export interface Mistake extends Partial<Place> {
  readonly kind: 'mistake'
  /** Absolute path. */
  readonly file: string
  readonly message: string
  readonly advice: string
}

export function isMistake(value: unknown): value is Mistake {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'mistake'
}

/** `file:line:column`, as far as it is known: editors and terminals make a link of it. */
export function placeText({ file, line, column }: Mistake): string {
  return [file, line, column].filter((part) => part !== undefined).join(':')
}

/** The place, what is wrong, the source line with a caret, what to do. */
export function mistakeText(mistake: Mistake): string {
  const { source, line, column = 1 } = mistake
  const gutter = `  ${line} | `
  const caret = `${' '.repeat(gutter.length)}${(source ?? '').slice(0, column - 1).replace(/[^\t]/g, ' ')}^`
  const excerpt = source === undefined ? [] : [paint.dim(gutter) + printable(source), paint.bad(caret)]
  return [`${paint.strong(placeText(mistake))}: ${printable(mistake.message)}`, ...excerpt, `  ${mistake.advice}`].join(
    '\n',
  )
}
