import { expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from '../contract/contract.ts'
import { leafPaths } from '../contract/leaf-paths.ts'
import { endpoint, source } from '../source/source.ts'
import { enumOf } from './codec/enum-of.ts'
import { epochSeconds } from './codec/epoch.ts'
import { upper } from './codec/letter-case.ts'
import { minorUnits, STRIPE_DIGITS } from './codec/minor-units.ts'
import { mappingRows } from './document.ts'
import { mapping } from './mapping.ts'
import { skip } from './skipped.ts'
import { fallback, optional, required } from './word/absence.ts'
import { is, when } from './word/choice.ts'
import { fixed, text } from './word/constant.ts'
import { drop } from './word/drop.ts'
import { at } from './word/position.ts'

const intent = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  created: z.int(),
  customer: z.string().nullable(),
  status: z.enum(['paid', 'open']),
  email: z.string().nullable(),
  shipping: z.object({ city: z.string(), zip: z.string() }).nullable(),
  lines: z.array(z.object({ sku: z.string(), weight: z.number() })),
  metadata: z.record(z.string(), z.string()),
})
const Intent = contract('intent', { version: 1, schema: intent, key: (value) => value.id })

const Order = contract('order', {
  version: 1,
  schema: z.object({
    id: z.string(),
    customer: z.string(),
    total: z.string(),
    at: z.string(),
    status: z.string(),
    channel: z.string(),
    city: z.string(),
    note: z.string().optional(),
    lines: z.array(z.object({ sku: z.string() })),
  }),
  key: (order) => order.id,
})

const order = mapping('order', {
  from: source<z.infer<typeof intent>>({
    endpoint: endpoint({ name: 'pay', scheme: 'stripe', read: () => [] }),
    type: 'x',
  }),
  to: Order,
  fields: (s) => ({
    id: text`order ${s.id}`,
    customer: upper(required(s.customer, skip('no customer'))),
    total: minorUnits(s.amount, s.currency, STRIPE_DIGITS),
    at: epochSeconds(s.created),
    status: when(is(s.status, 'paid'), enumOf(s.status, { paid: 'P', open: 'P' }), 'none'),
    channel: fixed('web', 'there is no other'),
    city: fallback(s.shipping.city, 'unknown', 'old orders'),
    note: optional(at(s.metadata, 'note')),
    lines: s.lines.each((line) => ({ sku: line.sku })),
  }),
  drops: (s) => [drop('personal data', s.email), drop('nobody weighs', at(s.lines, 0).weight)],
})

it('is told as rows', () => {
  expect(mappingRows(order)).toStrictEqual([
    { target: 'id', sources: ['id'], rule: '"order {id}"', why: [], lossy: ['the parts of the text'] },
    { target: 'customer', sources: ['customer'], rule: 'required, else the message is set aside, then upper case', why: ['no customer'], lossy: ['the original case'] },
    { target: 'total', sources: ['amount', 'currency'], rule: 'smallest unit to decimal, digits of ISO 4217 except MGA 0, ISK 2, UGX 2', why: [], lossy: [] },
    { target: 'at', sources: ['created'], rule: 'seconds since 1970 to RFC 3339, UTC', why: [], lossy: [] },
    { target: 'status', sources: ['status'], rule: 'when status is "paid": paid → P, open → P, otherwise "none"', why: [], lossy: ['which way was taken', 'several values become the same'] },
    { target: 'channel', sources: [], rule: 'always "web"', why: ['there is no other'], lossy: [] },
    { target: 'city', sources: ['shipping.city'], rule: '"unknown" when absent', why: ['old orders'], lossy: ['absent and the default become the same'] },
    { target: 'note', sources: ['metadata.note'], rule: 'left out when absent', why: [], lossy: [] },
    { target: 'lines[].sku', sources: ['lines[].sku'], rule: 'as it is', why: [], lossy: [] },
  ]) // biome-ignore format: one row a line
})

it('finds the ends of a schema', () => {
  expect(leafPaths(Intent.jsonSchema!)).toStrictEqual(['id', 'amount', 'currency', 'created', 'customer', 'status', 'email', 'shipping.city', 'shipping.zip', 'lines[].sku', 'lines[].weight', 'metadata']) // biome-ignore format: one list
})

it('walks schemas that refer to themselves, refer nowhere, or are nonsense', () => {
  const tree = {
    $defs: { n: { type: 'object', properties: { v: {}, next: { $ref: '#/$defs/n' } }, required: ['v'] } },
    $ref: '#/$defs/n',
  }
  expect(leafPaths(tree)).toStrictEqual(['v', 'next'])
  expect(leafPaths({ properties: { a: { $ref: '#/nowhere' }, b: { $ref: '#/properties/b' }, c: true } })).toStrictEqual(
    ['a', 'b', 'c'],
  )
  expect(leafPaths({ properties: 5 as never, items: null as never })).toStrictEqual([])
  const wide = { properties: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`p${i}`, {}])) }
  expect(leafPaths(wide)).toHaveLength(10_000)
})
