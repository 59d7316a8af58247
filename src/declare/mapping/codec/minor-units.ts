import { type CurrencyDigits, decimal, digitTable } from '../../../core/money.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted, twoWay } from './call.ts'
import { digitsOf, minorOf, notation } from './exact.ts'

/**
 * Where Stripe's smallest units differ from ISO 4217 (https://docs.stripe.com/currencies, "Zero-decimal currencies" and "Special
 * cases"): MGA has none, ISK and UGX carry two digits that are always 00.
 */
export const STRIPE_DIGITS: CurrencyDigits = Object.freeze({ MGA: 0, ISK: 2, UGX: 2 })

const POINT = notation('.')

/**
 * An amount in the smallest unit as a decimal with the digits of its currency: 1050 EUR is `'10.50'`, 1050 JPY is `'1050'`.
 * A currency that is not listed, a fraction and an amount beyond 2⁵³ are faults. It works both ways where the currency does.
 * @param currency ISO 4217 code, upper or lower case: a reference or a constant.
 * @param own the sender's digits where they differ from ISO 4217, such as `STRIPE_DIGITS`.
 */
export function minorUnits<T extends number | Nil>(
  amount: Value<T>,
  currency: Value<string> | string,
  own?: CurrencyDigits,
): Lifted<T, string> {
  const table = digitTable(own)
  const digits = `digits of ISO 4217${own === undefined ? '' : ` except ${told(own)}`}`
  const codec = twoWay(
    {
      name: 'minorUnits',
      rule: `smallest unit to decimal, ${digits}`,
      run: (value, code) => decimal(value as number, code as string, table),
    },
    {
      name: 'minorUnits',
      rule: `decimal to smallest unit, ${digits}`,
      run: (text, code) => minorOf(text, digitsOf(code, table), POINT),
    },
  )
  return call(codec, amount, currency)
}

export const told = (own: CurrencyDigits): string =>
  Object.entries(own)
    .map(([code, digits]) => `${code} ${digits}`)
    .join(', ')
