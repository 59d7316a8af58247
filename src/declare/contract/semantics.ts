import { TielineError } from '../../core/error.ts'
import { isCurrency } from '../../core/money.ts'
import type { FieldPath } from './field-path.ts'

export const PERSONAL = ['none', 'contact', 'identity', 'financial', 'health', 'free text'] as const

/**
 * What a field tells about a person. `contact`: how to reach them. `identity`: who they are, numbers of documents. `financial`: accounts and
 * payments. `health`: health, and whatever law puts beside it. `free text`: people type it, so it may hold anything. `none`: nothing.
 */
export type Personal = (typeof PERSONAL)[number]

const TIMES = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond', 'nanosecond'] as const

/** A fixed currency by its ISO 4217 code, or the field that holds it. */
export type CurrencyOf = { readonly code: string } | { readonly field: string }

/** An amount of money: `minor` counts the smallest unit (cents), `major` is decimal text. */
export interface MoneyUnit {
  readonly amount: 'minor' | 'major'
  readonly currency: CurrencyOf
}

/** What a field means, beside its type. */
export interface FieldSemantics {
  /** One sentence. */
  readonly means?: string
  /** `'kg'`, `'s'`, `'pieces'`, `minorUnitsOf('currency')` */
  readonly unit?: string | MoneyUnit
  /** IANA name of the time zone that its times are told in, such as `'Europe/Berlin'`; `'UTC'`; `'offset'` where each value tells its own. */
  readonly zone?: string
  /** Digits after the decimal point, or the smallest part of a time. */
  readonly precision?: number | (typeof TIMES)[number]
  /** Goes for all fields below it, too. */
  readonly personal?: Personal
  /** The system whose word counts when two differ. Goes for all fields below it, too. */
  readonly source?: string
}

/** Semantics by path: `{ id: { means: '…' }, 'address.city': { means: '…' }, 'lines[].sku': { means: '…' } }`. */
export type FieldMeanings<T> = { readonly [P in FieldPath<T>]?: FieldSemantics }

/**
 * An amount in the smallest unit of a currency: cents, yen.
 * @param currency the field that holds its code, beside this one or further out; or `{ code: 'EUR' }`.
 * @throws {TielineError} `DECLARATION_INVALID` for a code that ISO 4217 does not list.
 */
export const minorUnitsOf = (currency: string | { readonly code: string }): MoneyUnit => moneyUnit('minor', currency)

/** An amount as decimal text, `'10.50'`. The currency as for `minorUnitsOf`. */
export const majorUnitsOf = (currency: string | { readonly code: string }): MoneyUnit => moneyUnit('major', currency)

function moneyUnit(amount: MoneyUnit['amount'], currency: string | { readonly code: string }): MoneyUnit {
  const of: CurrencyOf = typeof currency === 'string' ? { field: currency } : { code: currency.code }
  if ('code' in of && !isCurrency(of.code)) {
    throw new TielineError(
      'DECLARATION_INVALID',
      `currency ${JSON.stringify(of.code)}: use a code that ISO 4217 lists, in upper case`,
    )
  }
  return Object.freeze({ amount, currency: Object.freeze(of) })
}

type Word = keyof FieldSemantics

/** What each word takes; what is expected is said where a value is refused. */
const TAKES: Readonly<Record<Word, readonly [isOne: (value: unknown) => boolean, expected: string]>> = {
  means: [isText, 'a sentence'],
  unit: [(value) => isText(value) || isMoneyUnit(value), "a name such as 'kg', or minorUnitsOf('currency')"],
  zone: [isZone, "'UTC', an IANA time zone such as 'Europe/Berlin', or 'offset'"],
  precision: [isPrecision, `a whole number of digits from 0 to 30, or one of ${TIMES.join(', ')}`],
  personal: [(value) => PERSONAL.some((one) => one === value), `one of ${PERSONAL.join(', ')}`],
  source: [isText, 'the name of a system'],
}

/** The first thing that is wrong with declared semantics, as a sentence; `undefined` when nothing is. */
export function semanticsProblem(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return 'use an object such as { means: … }'
  for (const [word, value] of Object.entries(given)) {
    if (!Object.hasOwn(TAKES, word)) return `${word}: it is none of ${Object.keys(TAKES).join(', ')}`
    const [isOne, expected] = TAKES[word as Word]
    if (value !== undefined && !isOne(value)) return `${word}: use ${expected}`
  }
  return undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 500
}

export function isMoneyUnit(value: unknown): value is MoneyUnit {
  if (typeof value !== 'object' || value === null) return false
  const { amount, currency } = value as Partial<MoneyUnit>
  if ((amount !== 'minor' && amount !== 'major') || typeof currency !== 'object' || currency === null) return false
  return 'code' in currency ? isCurrency(currency.code) : isText(currency.field)
}

function isPrecision(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 30
  return TIMES.some((one) => one === value)
}

function isZone(value: unknown): boolean {
  if (typeof value !== 'string') return false
  if (value === 'offset') return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}
