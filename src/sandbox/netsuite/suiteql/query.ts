import type { ProviderAnswer } from '../../provider.ts'
import { bodyOf, type Call, isFields, prefers } from '../call.ts'
import { pageAnswer, pageOf } from '../read.ts'
import { Refusal } from '../refusal.ts'
import type { NetsuiteRecord } from '../shelf.ts'
import { TRANSACTIONS } from '../transaction.ts'
import { type Condition, parse, type Value } from './parse.ts'
import { invalidQuery } from './token.ts'

type Row = Readonly<Record<string, Value>>

/** docs.oracle.com …/section_157909186990.html */
export function suiteQl(call: Call): ProviderAnswer {
  if (!prefers(call, 'transient'))
    throw new Refusal(400, 'INVALID_HEADER', 'The required header "Prefer: transient" is missing.')
  const { q } = bodyOf(call)
  if (typeof q !== 'string') throw invalidQuery('q')
  const { columns, from, where, order } = parse(q)
  const { limit, offset } = pageOf(call)
  const found = tableOf(call, from).filter((row) => where.every((condition) => holds(condition, row)))
  for (const { column, descending } of order.toReversed()) {
    found.sort((a, b) => (descending ? -1 : 1) * compare(a[column] ?? null, b[column] ?? null))
  }
  const items = found.slice(offset, offset + limit).map((row) => ({
    links: [],
    ...Object.fromEntries(
      Object.entries(row).filter(([name, value]) => value !== null && (columns?.includes(name) ?? true)),
    ),
  }))
  return pageAnswer(items, found.length, offset)
}

/** `transaction` holds all transactions, `item` all items; any other table is a record type. */
function tableOf({ state }: Call, from: string): Row[] {
  const shelves = [...state.shelves.values()].filter(({ type }) => {
    if (from === 'transaction') return Object.hasOwn(TRANSACTIONS, type)
    return from === 'item' ? /Item$/.test(type) : type.toLowerCase() === from && !Object.hasOwn(TRANSACTIONS, type)
  })
  if (shelves.length === 0 && from !== 'transaction') throw invalidQuery(from)
  return shelves.flatMap((shelf) => shelf.values().map((record) => rowOf(shelf.type, record)))
}

/** Columns are fields in lower case, references their ids, booleans `T` and `F`. */
function rowOf(type: string, { id, externalId, fields }: NetsuiteRecord): Row {
  const columns: Record<string, Value> = { id, externalid: externalId ?? null }
  for (const [name, value] of Object.entries(fields)) {
    if (isFields(value)) columns[name.toLowerCase()] = typeof value['id'] === 'string' ? value['id'] : null
    else if (typeof value === 'boolean') columns[name.toLowerCase()] = value ? 'T' : 'F'
    else if (typeof value === 'string' || typeof value === 'number') columns[name.toLowerCase()] = value
  }
  const kind = Object.hasOwn(TRANSACTIONS, type) ? TRANSACTIONS[type] : undefined
  if (kind === undefined) return columns
  const { total = null, ...rest } = columns
  return { ...rest, type: kind.type, foreigntotal: total }
}

function holds({ column, operator, values }: Condition, row: Row): boolean {
  const value = row[column] ?? null
  if (operator === 'is null') return value === null
  if (operator === 'is not null') return value !== null
  if (value === null) return false
  const signs = values.filter((one) => one !== null).map((one) => Math.sign(compare(value, one)))
  switch (operator) {
    case 'in':
    case '=':
      return signs.includes(0)
    case '<>':
      return signs.some((sign) => sign !== 0)
    case '<':
      return signs.includes(-1)
    case '>':
      return signs.includes(1)
    case '<=':
      return signs.some((sign) => sign <= 0)
    case '>=':
      return signs.some((sign) => sign >= 0)
  }
}

/** A number and a text are compared as numbers, as a database does; NULL comes last. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  return a < b ? -1 : Number(a > b)
}
