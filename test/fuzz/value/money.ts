import { TielineError } from '../../../src/core/error.ts'
import { decimal, digitTable } from '../../../src/core/money.ts'
import { STRIPE_DIGITS } from '../../../src/declare/mapping/codec/minor-units.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Amount {
  readonly minor: unknown
  readonly currency: unknown
  readonly stripe: boolean
}

const DIGITS = new Map([
  ['EUR', 2],
  ['usd', 2],
  ['JPY', 0],
  ['krw', 0],
  ['KWD', 3],
  ['clf', 4],
  ['ISK', 0],
  ['UGX', 0],
  ['MGA', 2],
])
const STRIPE = digitTable(STRIPE_DIGITS)
const MINORS = [
  0,
  -0,
  1,
  -1,
  9,
  10,
  99,
  100,
  1050,
  -1050,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  2 ** 53,
  0.5,
  1e21,
  Number.NaN,
  Number.POSITIVE_INFINITY,
]

const MESSAGES =
  /^(?:(?:"[A-Za-z]{3}"|the currency given) is not a listed currency|an amount in the smallest unit is a whole number up to 2\^53)$/

export const money: AnyTarget = target<Amount, 'agrees' | 'exact' | 'refuses'>({
  name: 'money',
  about: 'amounts in the smallest unit as decimals',
  laws: {
    agrees: 'the digits of the currency stand behind the point',
    exact: 'the decimal times its unit is the amount again, in whole numbers without rounding',
    refuses:
      'a fraction, an amount beyond 2^53 and a currency that is not listed are VALUE_INVALID, without their values',
  },
  make: (chance) => {
    const minor = chance.once(3)
      ? chance.one(MINORS)
      : chance.between(-1, 1) * chance.below(10 ** chance.between(1, 15))
    const currency = chance.one([...DIGITS.keys()])
    return {
      minor: chance.once(30) ? chance.one([String(minor), null, [minor], {}]) : minor,
      currency: chance.once(4)
        ? mutateText(chance, currency)
        : chance.once(30)
          ? chance.one([null, {}, ['EUR']])
          : currency,
      stripe: chance.once(4),
    }
  },
  check({ minor, currency, stripe }, broken) {
    const listed = typeof currency === 'string' ? DIGITS.get(currency) : undefined
    const digits = stripe ? (own(String(currency)) ?? listed) : listed
    let text: string
    try {
      text = stripe
        ? decimal(minor as number, currency as string, STRIPE)
        : decimal(minor as number, currency as string)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'VALUE_INVALID') throw thrown
      if (digits !== undefined && Number.isSafeInteger(minor)) broken('agrees', thrown.message)
      if (!MESSAGES.test(thrown.message)) broken('refuses', thrown.message)
      return
    }
    if (!Number.isSafeInteger(minor)) broken('refuses', text)
    const [whole = '', fraction = ''] = text.split('.')
    if (digits !== undefined && fraction.length !== digits) broken('agrees', text)
    if (!/^-?\d+$/.test(whole) || BigInt(whole + fraction) !== BigInt(minor as number)) broken('exact', text)
  },
})

/** As it is written, or in lower case. */
function own(currency: string): number | undefined {
  const upper = currency.toUpperCase()
  return currency === upper || currency === upper.toLowerCase() ? STRIPE_DIGITS[upper] : undefined
}
