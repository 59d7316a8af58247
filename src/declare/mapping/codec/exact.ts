import { TielineError } from '../../../core/error.ts'
import type { DigitTable } from '../../../core/money.ts'

/** How decimals are written. Its pattern finds sign, whole part and fraction. */
export interface Notation {
  readonly point: '.' | ','
  /** What separates thousands, where they are separated. */
  readonly group: string
  readonly pattern: RegExp
}

/** Thousands in groups of three or not at all; both parts in digits. */
export function notation(point: '.' | ',', group = ''): Notation {
  const hex = (sign: string): string => `\\u{${sign.codePointAt(0)!.toString(16)}}`
  const whole = group === '' ? '\\d+' : `\\d{1,3}(?:${hex(group)}\\d{3})+|\\d+`
  return Object.freeze({ point, group, pattern: new RegExp(`^([+-]?)(${whole})(?:${hex(point)}(\\d+))?$`, 'u') })
}

const LONGEST = 40 // characters; 2^53 has 16 digits

const invalid = (message: string): TielineError => new TielineError('VALUE_INVALID', message)

/** How many digits a currency has after its point. */
export function digitsOf(currency: unknown, table: DigitTable): number {
  const digits = table.get(currency as string)
  if (digits === undefined) throw invalid('the currency is not listed')
  return digits
}

/**
 * A decimal as a whole number of its last digit: `'10.50'` with two digits is 1050. Digit by digit, never through a fraction.
 * @throws {TielineError} `VALUE_INVALID` for what is no decimal, for digits that would be lost, and beyond 2^53.
 */
export function minorOf(text: unknown, digits: number, { point, group, pattern }: Notation): number {
  const found = typeof text === 'string' && text.length <= LONGEST ? pattern.exec(text) : null
  if (found === null) throw invalid(`a decimal is text of digits, with ${point} before its fraction`)
  const [, sign, whole = '', fraction = ''] = found
  if (/[1-9]/.test(fraction.slice(digits))) throw invalid(`a decimal here has at most ${digits} digits of fraction`)
  const joined = (group === '' ? whole : whole.replaceAll(group, '')) + fraction.slice(0, digits).padEnd(digits, '0')
  const minor = checked(Number(joined)) // a whole number: exact up to 2^53
  return sign === '-' && minor !== 0 ? -minor : minor
}

/** The way back: 1050 with two digits is `'10.50'`. */
export function decimalOf(minor: unknown, digits: number, { point }: Notation): string {
  const amount = checked(minor)
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const cut = text.length - digits
  return `${amount < 0 ? '-' : ''}${text.slice(0, cut)}${digits === 0 ? '' : point + text.slice(cut)}`
}

function checked(minor: unknown): number {
  if (Number.isSafeInteger(minor)) return minor as number
  throw invalid('an amount in the smallest unit is a whole number up to 2^53')
}
