import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, digitTable } from './money.ts'

describe('decimal', () => {
  it.each([
    [1050, 'EUR', '10.50'],
    [1050, 'usd', '10.50'],
    [5, 'EUR', '0.05'],
    [-5, 'EUR', '-0.05'],
    [0, 'EUR', '0.00'],
    [-0, 'EUR', '0.00'],
    [1050, 'JPY', '1050'],
    [-1050, 'jpy', '-1050'],
    [1050, 'KWD', '1.050'],
    [1050, 'CLF', '0.1050'],
    [1050, 'MGA', '10.50'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91'],
    [Number.MIN_SAFE_INTEGER, 'KWD', '-9007199254740.991'],
  ])('%d %s is %s', (minor, currency, text) => expect(decimal(minor, currency)).toBe(text))

  it('is exact', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('JPY', 'EUR', 'KWD', 'UYW'), (minor, currency) => {
        const text = decimal(minor, currency)
        expect(BigInt(text.replace('.', ''))).toBe(BigInt(minor))
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/)
      }),
    )
  })

  it('takes the digits of a provider, in either case', () => {
    const stripe = digitTable({ MGA: 0, ISK: 2 })
    expect(decimal(1050, 'mga', stripe)).toBe('1050')
    expect(decimal(1050, 'ISK', stripe)).toBe('10.50')
    expect(decimal(1050, 'EUR', stripe)).toBe('10.50')
  })

  it.each(['XYZ', 'Eur', 'EURO', '', 'constructor', '__proto__', undefined, null, 5])('never guesses: %s', (currency) =>
    expect(() => decimal(1, currency as string)).toThrow(/not a listed currency/),
  )

  it('shows a currency in the error, and nothing else that a message holds', () => {
    expect(() => decimal(1, 'XYZ')).toThrow('"XYZ" is not a listed currency')
    expect(() => decimal(1, 'jane@example.com')).toThrow('the currency given is not a listed currency')
  })

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', null, 5n])('refuses the amount %s', (minor) =>
    expect(() => decimal(minor as number, 'EUR')).toThrow(/whole number/),
  )

  it.each([{ eur: 2 }, { EURO: 2 }, { EUR: -1 }, { EUR: 1.5 }, { EUR: 99 }])('refuses the table %j', (own) =>
    expect(() => digitTable(own as Record<string, number>)).toThrow(/currency digits/),
  )
})
