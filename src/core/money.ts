import { TielineError } from './error.ts'

/** Digits after the decimal point by upper-case currency code: where a provider differs from ISO 4217, or knows more currencies. */
export type CurrencyDigits = Readonly<Record<string, number>>

/** ISO 4217 list one (SIX, amendments to 2026), with codes retired since 2020 that old documents still carry. By number of digits. */
const ISO_4217: Readonly<Record<number, string>> = Object.freeze({
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC ' +
    'CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR ' +
    'KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP ' +
    'PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN ' +
    'UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
})

const MAX_DIGITS = 12

/** How many digits each currency has after its point, by upper-case and lower-case code. */
export type DigitTable = ReadonlyMap<string, number>

/**
 * The table of ISO 4217 with a provider's own digits laid over it.
 * @throws {TielineError} `DECLARATION_INVALID` for a code or a number of digits that cannot be.
 */
export function digitTable(own: CurrencyDigits = {}): DigitTable {
  const table = new Map<string, number>()
  const put = (code: string, digits: number): void => {
    table.set(code, digits).set(code.toLowerCase(), digits)
  }
  for (const [digits, codes] of Object.entries(ISO_4217)) for (const code of codes.split(' ')) put(code, Number(digits))
  for (const [code, digits] of Object.entries(own)) {
    if (!/^[A-Z]{3}$/.test(code) || !Number.isInteger(digits) || digits < 0 || digits > MAX_DIGITS) {
      throw new TielineError(
        'DECLARATION_INVALID',
        `currency digits ${JSON.stringify(code)}: use an upper-case code of three letters and a whole number from 0 to ${MAX_DIGITS}`,
      )
    }
    put(code, digits)
  }
  return table
}

const ISO = digitTable()

/** Whether ISO 4217 lists a currency by this upper-case code. */
export const isCurrency = (code: unknown): code is string =>
  typeof code === 'string' && /^[A-Z]{3}$/.test(code) && ISO.has(code)

/** The listed codes, upper case, sorted. */
export const currencyCodes = (): readonly string[] => [...ISO.keys()].filter((code) => isCurrency(code)).sort()

/**
 * An amount in the smallest unit of its currency as a decimal: `decimal(1050, 'EUR')` is `'10.50'`, `decimal(1050, 'JPY')` is `'1050'`.
 * @param minor a whole number that a double holds exactly.
 * @param currency ISO 4217 code, upper or lower case.
 * @param table the digits to use; ISO 4217 without.
 * @throws {TielineError} `VALUE_INVALID` for a fraction, an amount beyond 2⁵³ and a currency that is not listed: two digits are never guessed.
 */
export function decimal(minor: number, currency: string, table: DigitTable = ISO): string {
  const digits = table.get(currency)
  if (digits === undefined) throw new TielineError('VALUE_INVALID', `${shown(currency)} is not a listed currency`)
  if (!Number.isSafeInteger(minor)) {
    throw new TielineError('VALUE_INVALID', 'an amount in the smallest unit is a whole number up to 2^53')
  }
  if (digits === 0) return String(minor)
  const text = String(minor < 0 ? -minor : minor).padStart(digits + 1, '0')
  return `${minor < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Values of messages do not go into errors, unless they look like a currency. */
const shown = (currency: unknown): string =>
  typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency) ? `"${currency}"` : 'the currency given'
