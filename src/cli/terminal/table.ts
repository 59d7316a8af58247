import { stripVTControlCharacters } from 'node:util'
import { paint } from './paint.ts'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => string
  /** Numbers stand to the right. Default `left`. */
  readonly align?: 'left' | 'right'
}

const GAP = '  '

/** Rows under their titles, aligned. A column that is empty in every row is left out. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const filled = columns
    .map((column) => ({ column, cells: rows.map(column.cell) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map(({ column, cells }) => ({
      align: column.align ?? 'left',
      cells: [paint.dim(column.title), ...cells],
      width: Math.max(...[column.title, ...cells].map(width)),
    }))
  return [...Array(rows.length + 1).keys()]
    .map((line) =>
      filled
        .map(({ cells, align, width: wide }) => pad(cells[line] ?? '', wide, align))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

/** Names on the left, values on the right; empty values are left out. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const filled = pairs.filter(([, value]) => value !== '')
  const wide = Math.max(0, ...filled.map(([name]) => name.length))
  return filled.map(([name, value]) => `${paint.dim(name.padEnd(wide))}${GAP}${value}`).join('\n')
}

const width = (text: string): number => [...stripVTControlCharacters(text)].length

function pad(text: string, wide: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, wide - width(text)))
  return align === 'left' ? text + space : space + text
}
