import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from '../contract/contract.ts'
import { jsonSchema } from '../contract/json-schema.ts'
import { openEnum, openUnion } from './index.ts'

describe('openEnum', () => {
  const status = openEnum(['paid', 'refunded'])
  it('takes known and unknown texts, and tells them apart', () => {
    expect(['paid', 'disputed'].map(status.is)).toStrictEqual([true, true])
    expect(['', 5, null, 'x'.repeat(201)].map(status.is)).toStrictEqual([false, false, false, false])
    expect(['paid', 'disputed', 'toString', 5].map(status.isKnown)).toStrictEqual([true, false, false, false])
    const value: 'paid' | 'refunded' | (string & {}) = 'disputed'
    const told = (given: string): string => {
      if (!status.isKnown(given)) return 'other'
      const known: 'paid' | 'refunded' = given
      return known
    }
    expect([told(value), told('paid')]).toStrictEqual(['other', 'paid'])
  })

  it('is marked as open in JSON Schema and in the description', () => {
    expect(status.schema).toMatchObject({ anyOf: [{ enum: ['paid', 'refunded'] }, { type: 'string' }] })
    const ofJson = contract('p', { version: 1, schema: jsonSchema({ properties: { status: status.schema } }), key: () => '' }) // biome-ignore format: short
    const ofZod = contract('p', { version: 1, schema: z.object({ status: z.union([z.enum(status.known), z.string()]) }), key: () => '' }) // biome-ignore format: short
    for (const one of [ofJson, ofZod]) {
      expect(one.describe().fields).toMatchObject([{ open: true, type: "'paid' | 'refunded' | other text" }])
      expect(one.check({ status: 'disputed' })).toMatchObject({ ok: true })
    }
  })

  it.each([[[]], [['a', 'a']], [['']], [[5]]])('refuses %j', (known) =>
    expect(() => openEnum(known as never)).toThrow(
      'openEnum: use different texts of 1 to 200 characters, at least one',
    ),
  )
})

describe('openUnion', () => {
  const Card = z.strictObject({ type: z.literal('card'), last4: z.string().length(4) })
  const Sepa = z.strictObject({ type: z.literal('sepa'), mandate: z.string() })
  const method = openUnion('type', { card: Card, sepa: Sepa })
  const Payment = contract('payment', { version: 1, schema: method, key: ({ type }) => type })

  it('holds a known kind to its schema, and lets an unknown one through as it is', () => {
    expect(Payment.check({ type: 'card', last4: '4242' })).toMatchObject({ ok: true })
    expect(Payment.check({ type: 'card', last4: '42' })).toMatchObject({ ok: false, issues: [{ path: 'last4' }] })
    const other = { type: 'wallet', brand: 'x' }
    expect(Payment.check(other)).toStrictEqual({ ok: true, value: other })
    for (const none of [{}, { type: 5 }, null, 'card', Object.create({ type: 'card' })]) {
      expect(Payment.check(none)).toMatchObject({ ok: false, issues: [{ path: 'type' }] })
    }
    expect(Payment.check({ type: 'toString' })).toMatchObject({ ok: true })
  })

  it('tells them apart for the compiler', () => {
    const last = (value: ReturnType<typeof Payment.check>): string => {
      if (!value.ok) return 'broken'
      const one = value.value
      if (!method.isKnown(one)) return `other: ${one.type}`
      return one.type === 'card' ? one.last4 : one.mandate
    }
    expect(last(Payment.check({ type: 'card', last4: '4242' }))).toBe('4242')
    expect(last(Payment.check({ type: 'wallet' }))).toBe('other: wallet')
  })

  it('says the same in JSON Schema, which describes it as open', () => {
    const same = jsonSchema(Payment.jsonSchema ?? {})['~standard'].validate
    const answers = [{ type: 'card', last4: '4242' }, { type: 'card' }, { type: 'wallet', a: 1 }, {}].map(
      (value) => !('issues' in same(value)),
    )
    expect(answers).toStrictEqual([true, false, true, false])
    expect(Payment.describe().fields.map(({ path }) => path)).toStrictEqual(['type', 'last4', 'mandate'])
    const node: z.ZodType = z.strictObject({ type: z.literal('node'), get next() { return node.optional() } }) // biome-ignore format: short
    const Tree = contract('tree', { version: 1, schema: openUnion('type', { node }), key: () => '' })
    const deep = jsonSchema(Tree.jsonSchema ?? {})['~standard'].validate
    expect(deep({ type: 'node', next: { type: 'node' } })).toHaveProperty('value')
    expect(deep({ type: 'node', next: { type: 'leaf' } })).toHaveProperty('issues')
  })

  it('refuses what tells nothing apart', () => {
    expect(() => openUnion('', { a: Card })).toThrow('openUnion: name the field')
    expect(() => openUnion('type', {})).toThrow('declare at least one')
  })
})
