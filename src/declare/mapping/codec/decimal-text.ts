import { type CurrencyDigits, digitTable } from '../../../core/money.ts'
import type { Codec } from '../node.ts'
import { invalid } from '../recorder.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted, twoWay } from './call.ts'
import { decimalOf, digitsOf, minorOf, notation } from './exact.ts'
import { told } from './minor-units.ts'

export interface DecimalOptions {
  /** The sender's digits where they differ from ISO 4217. */
  readonly own?: CurrencyDigits
  /** What stands before the fraction. Default `'.'`. */
  readonly point?: '.' | ','
  /** What may stand between thousands: one of `,` `.` `'` `’`, a space or a no-break space. Default: nothing may. */
  readonly group?: string
}

const GROUPS = [',', '.', "'", '’', ' ', '\u00a0', '\u202f']
const MAX_DIGITS = 12

/**
 * A decimal as text, in whole numbers of its smallest unit, digit by digit: `'10.50'` EUR is 1050, `'1050'` JPY is 1050. What is no decimal,
 * a digit that would be lost and a number beyond 2⁵³ are faults. It works both ways, but for `group`; the way back writes all digits of the
 * unit, so `'10.5'` comes back as `'10.50'`.
 * @param unit ISO 4217 code, upper or lower case, as a reference or a constant; or the number of digits: `decimalText(line.weight, 3)` of
 * `'1.25'` is 1250.
 */
export function decimalText<T extends string | Nil>(
  of: Value<T>,
  unit: Value<string> | string | number,
  options: DecimalOptions = {},
): Lifted<T, number> {
  const { own, point = '.', group } = options
  const table = digitTable(own)
  check(unit, point, group)
  const form = notation(point, group)
  const countOf = typeof unit === 'number' ? () => unit : (currency: unknown) => digitsOf(currency, table)
  const digits =
    typeof unit === 'number' ? `${unit} digits` : `digits of ISO 4217${own === undefined ? '' : ` except ${told(own)}`}`
  const written = point === '.' ? '' : ', written with a comma'
  const forth: Codec = {
    name: 'decimalText',
    rule: `decimal to smallest unit, ${digits}${written}`,
    run: (text, code) => minorOf(text, countOf(code), form),
  }
  if (group !== undefined) return call({ ...forth, lossy: 'how its thousands were grouped' }, of, unit)
  const back: Codec = {
    name: 'decimalText',
    rule: `smallest unit to decimal, ${digits}${written}`,
    run: (minor, code) => decimalOf(minor, countOf(code), form),
  }
  return call(twoWay(forth, back), of, unit)
}

function check(unit: unknown, point: string, group: string | undefined): void {
  if (typeof unit === 'number' && !(Number.isInteger(unit) && unit >= 0 && unit <= MAX_DIGITS)) {
    throw invalid(`decimalText: the number of digits is a whole number from 0 to ${MAX_DIGITS}`)
  }
  if (point !== '.' && point !== ',') throw invalid("decimalText: point is '.' or ','")
  if (group !== undefined && (group === point || !GROUPS.includes(group))) {
    throw invalid('decimalText: group is a comma, a point, an apostrophe or a space, and not the point')
  }
}
