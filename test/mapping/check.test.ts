import { expect, it } from 'vitest'
import { contract } from '../../src/declare/contract/contract.ts'
import { jsonSchema } from '../../src/declare/contract/json-schema.ts'
import { enumOf } from '../../src/declare/mapping/codec/enum-of.ts'
import { trim, upper } from '../../src/declare/mapping/codec/letter-case.ts'
import { type Mapping, mapping } from '../../src/declare/mapping/mapping.ts'
import type { Ref } from '../../src/declare/mapping/reference.ts'
import type { TwoWay } from '../../src/declare/mapping/reverse.ts'
import { optional } from '../../src/declare/mapping/word/absence.ts'
import { is } from '../../src/declare/mapping/word/choice.ts'
import { only } from '../../src/declare/mapping/word/narrow.ts'
import { endpoint, source } from '../../src/declare/source/source.ts'
import type { Rule } from '../../src/derive/check/finding.ts'
import { lossyField } from '../../src/derive/check/lossy-field.ts'
import { requiredField } from '../../src/derive/check/required-field.ts'
import { unmappedField } from '../../src/derive/check/unmapped-field.ts'
import { paymentFromStripe, stripePayments } from '../types/payments.ts'

interface Order {
  readonly no: string
  readonly status: 'open' | 'paid' | 'void'
  readonly pay: { readonly type: 'card'; readonly brand: string } | { readonly type: 'debit'; readonly iban: string }
  readonly parcels: readonly { readonly kind: string; readonly items: readonly { readonly sku: string }[] }[]
}

const text = { type: 'string' }
const Sent = contract('sent', {
  version: 1,
  schema: jsonSchema<Order>({
    type: 'object',
    properties: {
      no: text,
      status: text,
      pay: { anyOf: [{ properties: { type: text, brand: text } }, { properties: { type: text, iban: text } }] },
      parcels: { items: { properties: { kind: text, items: { items: { properties: { sku: text } } } } } },
    },
  }),
  key: () => '',
})
const from = source<Order>({
  endpoint: endpoint({ name: 'shop', scheme: 'github', read: () => [] }),
  type: 'order',
  contract: Sent,
})
const Kept = contract('kept', {
  version: 1,
  schema: jsonSchema({ type: 'object', required: ['id'], properties: { id: text } }),
  key: () => '',
})

interface More {
  readonly twoWay?: TwoWay
  readonly overrides?: (order: Ref<Order>) => object
}

function found(rule: Rule, fields: (order: Ref<Order>) => object, { twoWay, overrides }: More = {}): readonly string[] {
  const map = mapping('under-test', {
    from,
    to: Kept,
    fields: fields as never,
    ...(twoWay === undefined ? {} : { twoWay }),
    ...(overrides === undefined ? {} : { overrides: { acme: overrides as never } }),
  }) as Mapping<unknown, unknown>
  const inputs = [{ from, map }]
  return rule({ flows: [{ ...stripePayments, inputs }], endpoints: [] }).map(
    ({ severity, message }) => `${severity} ${message}`,
  )
}

it('a mapping that says twoWay comes back, field by field', () => {
  const fields = (o: Ref<Order>) => ({ id: upper(o.no), lines: o.parcels.each((p) => ({ kind: trim(p.kind) })) })
  expect(found(lossyField, fields)).toEqual([])
  expect(found(lossyField, fields, { twoWay: {} })).toEqual([
    'error it says twoWay, and does not come back: id (the original case), lines[].kind (white space around it)',
  ])
  expect(found(lossyField, fields, { twoWay: { without: { 'lines[].kind': 'rare' } } })).toEqual([
    'error it says twoWay, and does not come back: id (the original case)',
  ])
  expect(found(lossyField, (o) => ({ id: upper(o.no, { was: 'lower' }) }), { twoWay: {} })).toEqual([])
})

it('several values become one, and somebody says why', () => {
  const merged = { open: 'OPEN', paid: 'DONE', void: 'DONE' } as const
  const quiet = (o: Ref<Order>) => ({ id: o.no, a: { s: enumOf(o.status, merged) } })
  expect(found(lossyField, quiet)).toEqual(['warning several values of the source become the same a.s'])
  expect(found(lossyField, (o) => ({ a: enumOf(o.status, merged, 'both are over') }))).toEqual([])
  expect(
    found(lossyField, (o) => ({ id: o.no, a: o.no }), { overrides: (o) => ({ a: enumOf(o.status, merged) }) }),
  ).toEqual(['warning several values of the source become the same a'])
})

it('what a filter, a kind or a tenant reads is mapped', () => {
  const some = (o: Ref<Order>) => ({
    id: o.no,
    brand: optional(only(o.pay, 'type', 'card').brand),
    lines: o.parcels.where((p) => is(p.kind, 'goods'), 'gifts').flat((p) => p.items.each((item) => item.sku)),
  })
  expect(found(unmappedField, some)).toEqual(['warning of shop order, neither mapped nor dropped: status, pay.iban'])
  const overrides = (o: Ref<Order>) => ({ brand: optional(only(o.pay, 'type', 'debit').iban), id: o.status })
  expect(found(unmappedField, some, { overrides })).toEqual([])
})

it('what the contract requires is mapped for every tenant', () => {
  expect(found(requiredField, (o) => ({ id: o.no }), { overrides: (o) => ({ id: optional(o.no) }) })).toEqual([
    'error the contract kept v1 requires id, and the mapping may leave it out',
  ])
})

it('the mappings of the type tests are fine', () => {
  expect(paymentFromStripe.twoWay).toBeUndefined()
  expect(lossyField({ flows: [stripePayments], endpoints: [] })).toEqual([])
})
