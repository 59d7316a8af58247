import { hash53 } from '../../core/hash.ts'
import { caseSafeId } from './id.ts'
import { type Call, type Fields, folded } from './org.ts'
import { rendered, typeOf } from './record.ts'
import { malformed, Refusal } from './refusal.ts'
import { type Condition, parseSoql } from './soql.ts'
import type { Literal } from './token.ts'

const MOST = 2_000

/** Answers of queries whose later pages may still be asked for. */
export interface Cursors {
  readonly pageSize: number
  readonly open: Map<string, readonly Fields[]>
}

export function runQuery(call: Call, cursors: Cursors): unknown {
  const text = call.query.get('q')
  if (text === null) throw malformed('q not specified')
  const { fields, from, where, order, limit = Number.POSITIVE_INFINITY } = parseSoql(text)
  const type = typeOf(from)
  const names = [...new Set(fields)]
  const all = [...call.org.records.values()]
    .filter((record) => record.type === type && !record.deleted)
    .map((record) => ({ record, shown: rendered(call, record) }))
    .filter(({ shown }) => where.every((condition) => holds(shown, condition)))
    .sort((a, b) => {
      for (const { field, descending } of order) {
        const sign = compared(plain(a.shown[field]), plain(b.shown[field]))
        if (sign !== 0) return descending ? -sign : sign
      }
      return 0
    })
    .slice(0, limit)
    .map(({ record }) => rendered(call, record, names))
  // The same answer has the same locator: a read that is repeated gives the same.
  const locator = caseSafeId(`01g${hash53(JSON.stringify(all)).toString(36).padStart(12, '0')}`)
  const size = sizeOf(call, cursors)
  if (all.length > size) cursors.open.set(locator, all)
  return pageOf(call, locator, all, 0, size)
}

/** @throws {Refusal} 400 for a locator that was never given */
export function runNext(call: Call, cursors: Cursors, place: string): unknown {
  const [locator = '', from = ''] = place.split('-')
  const all = cursors.open.get(locator)
  if (all === undefined || !/^\d+$/.test(from)) throw new Refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  return pageOf(call, locator, all, Number(from), sizeOf(call, cursors))
}

function pageOf(call: Call, locator: string, all: readonly Fields[], from: number, size: number): unknown {
  const next = from + size
  const page = { totalSize: all.length, done: next >= all.length, records: all.slice(from, next) }
  return page.done ? page : { ...page, nextRecordsUrl: `${call.root}/query/${locator}-${next}` }
}

function sizeOf({ headers }: Call, { pageSize }: Cursors): number {
  const asked = /batchSize=(\d+)/.exec(headers['sforce-query-options'] ?? '')?.[1]
  return Math.min(pageSize, asked === undefined ? MOST : Number(asked))
}

function holds(record: Fields, { field, operator, values }: Condition): boolean {
  const have = plain(record[field])
  const signs = values.map((value) => compared(have, plain(literal(value))))
  const [sign = Number.NaN] = signs
  switch (operator) {
    case '=':
    case 'IN':
      return signs.includes(0)
    case '!=':
    case 'NOT IN':
      return !signs.includes(0)
    default:
      if (have === null) return false
      return operator === '<' ? sign < 0 : operator === '<=' ? sign <= 0 : operator === '>' ? sign > 0 : sign >= 0
  }
}

const literal = (value: Literal): unknown => (typeof value === 'object' && value !== null ? value.time : value)

/** Numbers stay, times become numbers, all else is folded text; null is its own. */
function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  const text = folded(value)
  return /^\d{4}-\d\d-\d\d(t|$)/.test(text) ? Date.parse(text.toUpperCase().replace(/\+0000$/, 'Z')) : text
}

function compared(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}
