import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from './contract.ts'
import { descriptionOf } from './describe.ts'
import { jsonSchema } from './json-schema.ts'
import { majorUnitsOf, minorUnitsOf } from './semantics.ts'

const address = z
  .strictObject({ city: z.string(), zip: z.string().meta({ description: 'postal code' }) })
  .meta({ id: 'Address' })
const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    minor: z.int(),
    currency: z.string().length(3),
    paidAt: z.iso.datetime(),
    email: z.email().nullable().optional(),
    billing: address,
    shipping: address.optional(),
    status: z.union([z.enum(['paid', 'refunded']), z.string()]),
    lines: z.array(z.strictObject({ sku: z.string(), net: z.string(), weight: z.number() })),
  }),
  key: (payment) => payment.id,
  fields: {
    id: { means: 'number of the payment at the provider' },
    minor: { means: 'amount paid', unit: minorUnitsOf('currency'), precision: 0, source: 'stripe' },
    paidAt: { means: 'when the money was there', zone: 'UTC', precision: 'second' },
    email: { means: 'where the receipt went', personal: 'contact' },
    billing: { personal: 'identity', source: 'crm' },
    'billing.city': { means: 'city of the invoice' },
    'lines[].net': { means: 'price without tax', unit: majorUnitsOf('currency') },
    'lines[].weight': { means: 'weight of one piece', unit: 'kg' },
  },
})

const fieldOf = (path: string) => Payment.describe().fields.find((field) => field.path === path)

describe('a contract describes itself', () => {
  it('every field with its type and semantics', () => {
    expect(Payment.describe().fields.map(({ path, type, required }) => [path, type, required])).toStrictEqual([
      ['id', 'text', true],
      ['minor', 'whole number', true],
      ['currency', 'text', true],
      ['paidAt', 'text (date-time)', true],
      ['email', 'text (email) | null', false],
      ['billing.city', 'text', true],
      ['billing.zip', 'text', true],
      ['shipping.city', 'text', true],
      ['shipping.zip', 'text', true],
      ['status', "'paid' | 'refunded' | other text", true],
      ['lines[].sku', 'text', true],
      ['lines[].net', 'text', true],
      ['lines[].weight', 'number', true],
    ])
    expect(fieldOf('minor')).toStrictEqual({
      path: 'minor',
      type: 'whole number',
      required: true,
      open: false,
      means: 'amount paid',
      unit: { amount: 'minor', currency: { field: 'currency' } },
      currency: 'currency',
      precision: 0,
      source: 'stripe',
    })
    expect(fieldOf('status')).toMatchObject({ open: true })
  })

  it('finds the currency further out, and takes a fixed one', () => {
    expect(fieldOf('lines[].net')).toMatchObject({ currency: 'currency' })
    const Fee = contract('fee', {
      version: 1,
      schema: z.strictObject({ cents: z.int() }),
      key: () => '',
      fields: { cents: { means: 'our fee', unit: minorUnitsOf({ code: 'EUR' }) } },
    })
    expect(Fee.describe().fields[0]).toMatchObject({ currency: 'EUR' })
  })

  it('an object gives its class and source to what is in it, and fields that share a definition keep their own meaning', () => {
    expect(fieldOf('billing.city')).toMatchObject({
      means: 'city of the invoice',
      personal: 'identity',
      source: 'crm',
    })
    expect(fieldOf('shipping.city')).not.toHaveProperty('means')
    expect(fieldOf('shipping.zip')).toMatchObject({ means: 'postal code' })
    expect(fieldOf('shipping.zip')).not.toHaveProperty('personal')
  })

  it('says which fields nobody has explained', () =>
    expect(Payment.describe().withoutMeaning).toStrictEqual(['currency', 'shipping.city', 'status', 'lines[].sku'])) // billing.zip and shipping.zip by the annotation of their own

  it('publishes semantics as annotations, and checks values as before', async () => {
    expect(Payment.jsonSchema).toMatchObject({
      properties: {
        minor: { type: 'integer', description: 'amount paid', 'x-tieline-source': 'stripe' },
        email: { 'x-tieline-personal': 'contact' },
        billing: { properties: { city: { description: 'city of the invoice' } } },
      },
    })
    expect(Object.isFrozen(Payment.jsonSchema)).toBe(true)
    await Payment.prepare()
    expect(Payment.check({})).toMatchObject({ ok: false })
  })

  it('reads annotations of any library', () => {
    const fields = (schema: Parameters<typeof contract>[1]['schema']) =>
      contract('c', { version: 1, schema, key: () => '' }).describe().fields
    const expected = [{ path: 'a', means: 'first letter' }]
    const zod = z.object({ a: z.string().meta({ description: 'first letter', 'x-tieline-personal': 'health' }) })
    expect(fields(zod)).toMatchObject([{ ...expected[0], personal: 'health' }])
    expect(fields(type({ a: type('string').describe('first letter') }))).toMatchObject(expected)
    expect(
      fields(toStandardJsonSchema(v.object({ a: v.pipe(v.string(), v.description('first letter')) }))),
    ).toMatchObject(expected)
    const plain = { a: { type: 'string', description: 'first letter', 'x-tieline-unit': 'kg', 'x-tieline-zone': 5 } }
    expect(fields(jsonSchema({ properties: plain }))).toStrictEqual([
      { path: 'a', type: 'text', required: false, open: false, means: 'first letter', unit: 'kg' },
    ])
  })

  it('goes into every alternative, and comes to an end where a schema comes back to itself', () => {
    const choice = z.strictObject({
      by: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('card'), name: z.string() }),
        z.strictObject({ kind: z.literal('bank'), name: z.string(), iban: z.string() }),
      ]),
    })
    const Choice = contract('choice', {
      version: 1,
      schema: choice,
      key: () => '',
      fields: { 'by.name': { means: 'who paid' } },
    })
    expect(Choice.describe().fields).toMatchObject([
      { path: 'by.kind', type: "'card' | 'bank'" },
      { path: 'by.name', means: 'who paid' },
      { path: 'by.iban' },
    ])
    const loop = { anyOf: [{ $ref: '#' }, { properties: { a: { type: 'string' } } }] }
    expect(descriptionOf(loop).withoutMeaning).toStrictEqual(['a'])
    expect(descriptionOf(undefined)).toStrictEqual({ fields: [], withoutMeaning: [] })
  })
})

describe('semantics that are none', () => {
  const schema = z.strictObject({ a: z.string(), b: z.strictObject({ c: z.number() }), d: z.array(z.string()) })
  it('do not compile, and are refused with the name of the field', () => {
    const declared = (fields: object): (() => unknown) =>
      () => contract('c', { version: 1, schema, key: () => '', fields } as never) // biome-ignore format: short
    // @ts-expect-error: a field that does not exist
    expect(() => contract('c', { version: 1, schema, key: () => '', fields: { amount: { means: 'x' } } })).toThrow(
      "contract c: fields['amount']: the schema has no such field. It has a, b, b.c, d, d[]",
    )
    // @ts-expect-error: a nested field that does not exist
    expect(() => contract('c', { version: 1, schema, key: () => '', fields: { 'b.x': { means: 'x' } } })).toThrow(
      "fields['b.x']: the schema has no such field",
    )
    // @ts-expect-error: a class that does not exist
    expect(() => contract('c', { version: 1, schema, key: () => '', fields: { a: { personal: 'x' } } })).toThrow(
      "fields['a'].personal: use one of none, contact",
    )
    // @ts-expect-error: a word that does not exist
    expect(() => contract('c', { version: 1, schema, key: () => '', fields: { a: { meaning: 'x' } } })).toThrow(
      "fields['a'].meaning: it is none of means, unit",
    )
    expect(declared({ a: { zone: 'Mars/Olympus' } })).toThrow("fields['a'].zone: use 'UTC', an IANA time zone")
    expect(declared({ a: { zone: 'offset', means: ' ' } })).toThrow("fields['a'].means: use a sentence")
    expect(declared({ a: { precision: 0.5 } })).toThrow("fields['a'].precision: use a whole number")
    expect(declared({ a: { unit: minorUnitsOf('currency') } })).toThrow(
      "fields['a'].unit: the schema has no field 'currency'",
    )
    expect(declared({ a: { unit: { amount: 'minor' } } })).toThrow("fields['a'].unit: use a name such as 'kg'")
    expect(declared({ a: 'text' })).toThrow("fields['a'].use an object")
    expect(() => minorUnitsOf({ code: 'EURO' })).toThrow('currency "EURO": use a code that ISO 4217 lists')
    expect(declared({ toString: { means: 'x' } })).toThrow("fields['toString']: the schema has no such field")
  })

  it('are refused where there is nothing to hold them against', () =>
    expect(() =>
      contract('c', { version: 1, schema: v.object({ a: v.string() }), key: () => '', fields: { a: { means: 'x' } } }),
    ).toThrow('contract c: fields: its schema gives no JSON Schema to hold them against'))
})
