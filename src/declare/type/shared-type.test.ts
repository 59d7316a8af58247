import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decimal } from '../../core/money.ts'
import { contract } from '../contract/contract.ts'
import { jsonSchema } from '../contract/json-schema.ts'
import {
  countryCode,
  currencyCode,
  decimalText,
  email,
  iban,
  instant,
  languageTag,
  localDate,
  money,
  percentage,
  phone,
  quantity,
  url,
} from './index.ts'
import { SHARED_TYPES } from './named.ts'

describe.each(SHARED_TYPES.map((one) => [one.name, one] as const))('%s', (_, shared) => {
  const checked = jsonSchema<unknown>(shared.schema)['~standard'].validate
  const fits = (value: unknown): boolean => {
    const result = checked(value)
    return !('then' in result) && result.issues === undefined
  }

  it('takes its examples, and refuses what looks right', () => {
    for (const value of shared.examples) {
      expect(shared.is(value), JSON.stringify(value)).toBe(true)
      expect(shared['~standard'].validate(value)).toStrictEqual({ value })
      expect(fits(value), JSON.stringify(value)).toBe(true)
    }
    for (const value of [...shared.rejects, undefined, null, {}, [], true, Number.NaN]) {
      expect(shared.is(value), JSON.stringify(value)).toBe(false)
      expect(shared['~standard'].validate(value)).toStrictEqual({ issues: [{ message: shared.expected }] })
      expect(fits(value), JSON.stringify(value)).toBe(false)
    }
  })

  it('says what it means and where its rules stand', () => {
    expect(shared.schema).toMatchObject({ description: shared.semantics.means, 'x-tieline-type': shared.name })
    expect(shared.spec).not.toBe('')
    expect(Object.isFrozen(shared)).toBe(true)
  })

  it('never throws, and its JSON Schema agrees in either draft', () => {
    const near = fc.oneof(
      fc.anything(),
      fc.constantFrom(...shared.examples),
      fc.constantFrom(...shared.examples.filter((one) => typeof one === 'string'), 'x').chain((text) =>
        fc.tuple(fc.nat(text.length), fc.string({ maxLength: 2 })).map(([at, more]) => text.slice(0, at) + more + text.slice(at + 1)),
      ), // biome-ignore format: one arbitrary
    )
    fc.assert(fc.property(near, (value) => fits(value) === shared.is(value)))
    expect(shared['~standard'].jsonSchema.input({ target: 'draft-07' })).toStrictEqual(shared.schema)
  })
})

describe('laws', () => {
  it('an instant is one exactly when its day is one', () => {
    const two = (max: number) => fc.nat(max).map((n) => String(n).padStart(2, '0'))
    const parts = fc.tuple(fc.integer({ min: 1900, max: 2100 }), two(13), two(32), two(25), two(61))
    fc.assert(
      fc.property(parts, fc.constantFrom('Z', '+05:30', '-11:00'), ([year, month, day, hour, minute], zone) => {
        const date = `${year}-${month}-${day}`
        const parsed = new Date(`${date}T00:00:00Z`)
        const isDay = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date)
        expect(localDate.is(date)).toBe(isDay)
        const text = `${date}T${hour}:${minute}:59.5${zone}`
        expect(instant.is(text)).toBe(isDay && Number(hour) < 24 && Number(minute) < 60)
      }),
    )
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, min: new Date(-6e13), max: new Date(2e14) }), (date) =>
        instant.is(date.toISOString()),
      ),
    )
    expect(instant.is('2017-01-01T00:59:60+01:00')).toBe(true) // the same leap second, told in Berlin
    expect(instant.is('2017-01-01T23:59:60+01:00')).toBe(false)
  })

  it('an IBAN with one wrong character is none', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789']
    const account = fc.array(fc.constantFrom(...letters), { minLength: 11, maxLength: 30 }).map((list) => list.join(''))
    const made = (bban: string): string => {
      const digits = `${bban}DE00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
      return `DE${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${bban}`
    }
    fc.assert(
      fc.property(account, fc.nat(), fc.constantFrom(...letters), (bban, place, letter) => {
        const right = made(bban)
        expect(iban.is(right)).toBe(true)
        const at = 4 + (place % bban.length)
        const sameKind = /\d/.test(letter) === /\d/.test(right[at] ?? '')
        if (letter === right[at] || !sameKind) return
        expect(iban.is(right.slice(0, at) + letter + right.slice(at + 1))).toBe(false)
      }),
    )
  })

  it('a decimal is one way to write a number; amounts of money write themselves as one', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('EUR', 'JPY', 'BHD', 'CLF'), (minor, currency) => {
        expect(money.is({ minor, currency })).toBe(true)
        expect(decimalText.is(decimal(minor, currency))).toBe(true)
      }),
    )
    fc.assert(fc.property(fc.bigInt(), (n) => decimalText.is(String(n).slice(0, 40)) && percentage.is(String(n).slice(0, 40)))) // biome-ignore format: one line
    fc.assert(fc.property(decimalLike, (text) => !decimalText.is(text) || !Number.isNaN(Number(text))))
  })

  it('never takes long, however long the text', () => {
    const long = ['a', '1.', '-', 'a-', 'a.', '@', '+1', '/', '0'].map((part) => part.repeat(500_000))
    for (const shared of SHARED_TYPES) for (const text of [...long, ...long.map((x) => `a@${x}`)]) expect(shared.is(text)).toBe(false) // biome-ignore format: one line
  })
})

const decimalLike = fc
  .array(fc.constantFrom('0', '1', '.', '-', 'e', '+'), { maxLength: 6 })
  .map((list) => list.join(''))

describe('within objects of a library', () => {
  const good = { account: 'DE89370400440532013000', at: '2026-01-31T09:05:00Z', total: { minor: 5, currency: 'EUR' } }
  const bad = { ...good, account: 'DE89370400440532013001' }
  const TotalOfZod = z.custom<typeof good.total>(money.is, money.expected)
  const text = (of: typeof iban) => z.string().refine(of.is, of.expected).meta(of.schema)
  it.each([
    ['zod', z.strictObject({ account: text(iban), at: text(instant), total: TotalOfZod })],
    ['valibot', v.strictObject({ account: v.custom<string>(iban.is, iban.expected), at: v.custom<string>(instant.is), total: v.custom<typeof good.total>(money.is) })],
    ['arktype', type({ account: type('string').narrow(iban.is), at: type('string').narrow(instant.is), total: 'object' })],
    ['JSON Schema', jsonSchema<typeof good>({ type: 'object', properties: { account: iban.schema, at: instant.schema, total: money.schema } })],
  ])('%s', async (_, schema) => {
    const Transfer = contract('transfer', { version: 1, schema: schema as never, key: () => '' })
    await Transfer.prepare()
    expect(Transfer.check(good)).toStrictEqual({ ok: true, value: good })
    expect(Transfer.check(bad)).toMatchObject({ ok: false, issues: [{ path: 'account' }] })
  }) // biome-ignore format: one library a line

  it('carries its meaning into the contract, which may say more', () => {
    const Transfer = contract('transfer', {
      version: 1,
      schema: z.strictObject({ account: text(iban), at: text(instant) }),
      key: () => '',
      fields: { account: { ...iban.semantics, means: 'where we pay to' } },
    })
    expect(Transfer.describe().fields).toMatchObject([
      { path: 'account', type: 'iban', means: 'where we pay to', personal: 'financial' },
      { path: 'at', type: 'instant', means: 'a moment in time', zone: 'offset' },
    ])
    expect(
      contract('c', {
        version: 1,
        schema: jsonSchema({ properties: { total: money.schema } }),
        key: () => '',
      }).describe().fields,
    ).toMatchObject([
      { path: 'total.minor', currency: 'total.currency' },
      { path: 'total.currency', type: 'currencyCode' },
    ])
    const Whole = contract('whole', { version: 1, schema: money, key: ({ currency }) => currency })
    expect(Whole.check({ minor: 1, currency: 'EUR' })).toMatchObject({ ok: true })
    expect(toStandardJsonSchema(v.object({ a: v.string() }))).toBeDefined()
  })

  it('the lists are whole', () => {
    expect((countryCode.schema['enum'] as unknown[]).length).toBe(249)
    expect((currencyCode.schema['enum'] as string[]).every((code) => currencyCode.is(code))).toBe(true)
    for (const one of [email, languageTag, phone, quantity, url]) expect(one.kind).toBe('type')
  })
})
