// The words of a mapping as people write them: no annotation on a callback. Below, mistakes that must not compile.
import { z } from 'zod'
import { contract } from '../../src/declare/contract/contract.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { decimalText } from '../../src/declare/mapping/codec/decimal-text.ts'
import { epochSeconds } from '../../src/declare/mapping/codec/epoch.ts'
import { upper } from '../../src/declare/mapping/codec/letter-case.ts'
import { lookup, unmapped } from '../../src/declare/mapping/codec/lookup.ts'
import { minorUnits } from '../../src/declare/mapping/codec/minor-units.ts'
import { join } from '../../src/declare/mapping/join.ts'
import { mapping } from '../../src/declare/mapping/mapping.ts'
import type { Skipped } from '../../src/declare/mapping/skipped.ts'
import { split } from '../../src/declare/mapping/split.ts'
import { optional, required } from '../../src/declare/mapping/word/absence.ts'
import { is, present, when } from '../../src/declare/mapping/word/choice.ts'
import { fixed, text } from '../../src/declare/mapping/word/constant.ts'
import { only } from '../../src/declare/mapping/word/narrow.ts'
import { endpoint, type Source, source } from '../../src/declare/source/source.ts'
import { recordPayment } from './payments.ts'

type Method =
  | { readonly type: 'card'; readonly brand: string; readonly last4: string }
  | { readonly type: 'debit'; readonly iban: string }

export interface Placed {
  readonly no: string
  readonly total: string
  readonly currency: string
  readonly country: string | null
  readonly created: number
  readonly method: Method | null
  readonly company?: { readonly name: string; readonly vat: string }
  readonly parcels: readonly {
    readonly carrier: string
    readonly items: readonly { readonly sku: string; readonly pieces: number; readonly kind: 'goods' | 'gift' }[] | null
  }[]
}

const shop = endpoint({ name: 'shop', scheme: 'standard-webhooks', read: () => [] })
const from: Source<Placed> = source<Placed>({ endpoint: shop, type: 'placed' })

const Line = z.strictObject({ carrier: z.string(), sku: z.string(), place: z.int() })
export const Order = contract('order', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    minor: z.int(),
    region: z.enum(['EU', 'ELSEWHERE']).nullable(),
    card: z.strictObject({ brand: z.string(), last4: z.string() }).nullable(),
    iban: z.string().optional(),
    buyer: z.union([
      z.strictObject({ as: z.literal('company'), vat: z.string() }),
      z.strictObject({ as: z.literal('person') }),
    ]),
    carriers: z.array(z.string()),
    lines: z.array(Line),
  }),
  key: (order) => order.id,
})
const Customer = contract('customer', {
  version: 1,
  schema: z.strictObject({ id: z.string(), tier: z.string() }),
  key: (customer) => customer.id,
})

export const orderOfShop = mapping('order-of-shop', {
  from,
  to: Order,
  fields: (order) => ({
    id: order.no,
    minor: decimalText(order.total, order.currency),
    region: lookup(order.country, { CH: 'EU', DE: 'EU' }, { otherwise: fixed('ELSEWHERE', 'we sell from Europe') }),
    card: when(
      present(only(order.method, 'type', 'card')),
      {
        brand: required(only(order.method, 'type', 'card').brand),
        last4: required(only(order.method, 'type', 'card').last4),
      },
      null,
    ),
    iban: optional(only(order.method, 'type', 'debit').iban),
    buyer: when(present(order.company.vat), { as: 'company', vat: required(order.company.vat) }, { as: 'person' }),
    carriers: order.parcels
      .where((parcel) => is(parcel.carrier, 'POST'), 'others deliver themselves')
      .each((p) => p.carrier),
    lines: order.parcels.flat((parcel) =>
      parcel.items
        .where((item) => is(item.kind, 'goods'), 'gifts are not billed')
        .each((item, place) => ({ carrier: parcel.carrier, sku: item.sku, place })),
    ),
  }),
  overrides: {
    acme: (order, base) => ({ id: text`acme-${order.no}`, minor: base.minor }),
    other: () => ({ region: null }),
  },
})

const Shipment = contract('shipment', {
  version: 1,
  schema: z.strictObject({ id: z.string(), order: z.string(), carrier: z.string(), place: z.int() }),
  key: (shipment) => shipment.id,
})

export const shipmentsOfShop = split('shipments-of-shop', {
  from,
  to: Shipment,
  list: (order) => order.parcels.where((parcel) => is(parcel.carrier, 'POST'), 'others deliver themselves'),
  fields: (parcel, order, place) => ({
    id: text`${order.no}-${place}`,
    order: order.no,
    carrier: parcel.carrier,
    place,
  }),
  id: (parcel) => parcel.carrier,
})

const Tiered = contract('tiered', {
  version: 1,
  schema: z.strictObject({ order: z.string(), tier: z.string() }),
  key: (tiered) => tiered.order,
})

export const tieredOrder = mapping('tiered-order', {
  from: join({ order: from, customer: Customer }),
  to: Tiered,
  fields: ({ order, customer }) => ({ order: order.no, tier: upper(customer.tier) }),
})
export const tiered = (placed: Placed) => tieredOrder.run({ order: placed, customer: { id: 'c', tier: 'gold' } })

const Money = contract('money', {
  version: 1,
  schema: z.strictObject({ amount: z.string(), currency: z.string(), at: z.string() }),
  key: () => '',
})
interface Paid {
  readonly amount: number
  readonly currency: string
  readonly created: number
}
export const moneyOfPaid = mapping('money-of-paid', {
  from: source<Paid>({ endpoint: shop, type: 'paid' }),
  to: Money,
  fields: (paid) => ({
    amount: minorUnits(paid.amount, paid.currency),
    currency: upper(paid.currency, { was: 'lower' }),
    at: epochSeconds(paid.created),
  }),
  twoWay: {},
})
/** What comes back has the source's fields, each of which may be missing: it may have been dropped. */
export const paidAgain = (): Partial<Paid> | Skipped =>
  moneyOfPaid.reverse().run({ amount: '10.50', currency: 'EUR', at: '2026-01-01T00:00:00Z' })

const whole = { id: '', minor: 1, region: null, card: null, buyer: { as: 'person' }, carriers: fixed(null as never, 'none'), lines: fixed(null as never, 'none') } as const // biome-ignore format: short

mapping('wrong-region', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error the contract knows no region ASIA
    region: lookup(order.country, { JP: 'ASIA' }, { otherwise: unmapped('elsewhere') }),
  }),
})

mapping('default-without-a-reason', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error a default has a reason: fixed('ELSEWHERE', 'why')
    region: lookup(order.country, { CH: 'EU' }, { otherwise: 'ELSEWHERE' }),
  }),
})

mapping('absent-kind', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error the method may be of another kind, and the field is required
    id: only(order.method, 'type', 'card').brand,
  }),
})

mapping('no-such-kind', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error there is no kind `cash`
    iban: optional(only(order.method, 'type', 'cash').iban),
  }),
})

mapping('field-of-another-kind', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error a card has no iban
    iban: optional(only(order.method, 'type', 'card').iban),
  }),
})

mapping('number-as-decimal', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error decimalText takes text
    minor: decimalText(order.created, order.currency),
  }),
})

mapping('wrong-arm', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error the buyer is a company or a person
    buyer: when(present(order.company), { as: 'club' }, { as: 'person' }),
  }),
})

mapping('filter-without-a-reason', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    // @ts-expect-error what stays behind has a reason
    carriers: order.parcels.where((parcel) => is(parcel.carrier, 'POST')).each((parcel) => parcel.carrier),
  }),
})

mapping('extra-field-in-flat', {
  from,
  to: Order,
  fields: (order) => ({
    ...whole,
    lines: order.parcels.flat((parcel) =>
      parcel.items.each((item, place) => ({
        carrier: parcel.carrier,
        sku: item.sku,
        place,
        // @ts-expect-error the contract has no field `pieces` there
        pieces: item.pieces,
      })),
    ),
  }),
})

mapping('misspelt-override', {
  from,
  to: Order,
  fields: () => whole,
  overrides: {
    // @ts-expect-error the contract has no field `regio`
    acme: () => ({ regio: 'EU' }),
  },
})

mapping('override-of-another-type', {
  from,
  to: Order,
  fields: () => whole,
  overrides: {
    // @ts-expect-error a number is no text
    acme: (order) => ({ id: order.created }),
  },
})

mapping('original-of-upper', {
  from,
  to: Order,
  // @ts-expect-error what is made upper case was in lower case
  fields: (order) => ({ ...whole, id: upper(order.no, { was: 'upper' }) }),
})

split('nullable-id', {
  from,
  to: Shipment,
  list: (order) => order.parcels,
  fields: (parcel, order, place) => ({ id: order.no, order: order.no, carrier: parcel.carrier, place }),
  // @ts-expect-error what tells the pieces apart is never a list
  id: (parcel) => parcel.items,
})

split('no-list', {
  from,
  to: Shipment,
  // @ts-expect-error a text has no items
  list: (order) => order.no,
  fields: (_, order, place) => ({ id: order.no, order: order.no, carrier: order.no, place }),
})

split('incomplete', {
  from,
  to: Shipment,
  list: (order) => order.parcels,
  // @ts-expect-error two fields of the contract are missing
  fields: (_, order) => ({ id: order.no, order: order.no }),
})

// @ts-expect-error the customer is missing
export const half = (placed: Placed) => tieredOrder.run({ order: placed })

flow('join-in-a-flow', {
  from,
  into: Tiered,
  // @ts-expect-error a flow takes one event, not a join
  map: tieredOrder,
  // @ts-expect-error a saga that takes payments
  to: recordPayment,
})
