import {
  at,
  cloudEvents,
  contract,
  decimalText,
  derive,
  drop,
  enumOf,
  epochMillis,
  epochSeconds,
  fallback,
  fixed,
  flow,
  is,
  join,
  lookup,
  lower,
  mapping,
  minorUnits,
  moduleOf,
  only,
  optional,
  present,
  required,
  skip,
  split,
  target,
  text,
  tieline,
  trim,
  unmapped,
  upper,
  type ValueOf,
  when,
} from 'tieline'
import { http } from 'tieline/http'
import { z } from 'zod'

// #region source
const Placed = contract('order-placed', {
  version: 1,
  schema: z.strictObject({
    order_no: z.string(),
    status: z.enum(['new', 'paid', 'void']),
    placed_ms: z.int(),
    amount: z.int(),
    currency: z.string(),
    email: z.string().nullable(),
    note: z.string().optional(),
    channel: z.string().optional(),
    ship_to: z.strictObject({ street: z.string(), country: z.string() }).nullable(),
    items: z.array(z.strictObject({ article: z.string(), pieces: z.int(), colour: z.string() })),
    tags: z.record(z.string(), z.string()),
  }),
  key: (order) => order.order_no,
})

const placed = cloudEvents().on('order.placed', Placed)
// #endregion

// #region target
const Order = contract('order', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    title: z.string(),
    state: z.enum(['OPEN', 'PAID', 'CANCELLED']),
    placedAt: z.string(),
    total: z.string(),
    currency: z.string(),
    email: z.string(),
    note: z.string().optional(),
    channel: z.string(),
    source: z.literal('shop'),
    country: z.string().nullable(),
    express: z.boolean(),
    size: z.enum(['small', 'large']),
    campaign: z.string().optional(),
    lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })),
  }),
  key: (order) => order.id,
})
// #endregion

// #region mapping
const orderFromShop = mapping('order-from-shop', {
  from: placed,
  to: Order,
  fields: (order) => ({
    id: order.order_no, // as it is
    title: text`Order ${order.order_no}`,
    state: enumOf(order.status, { new: 'OPEN', paid: 'PAID', void: 'CANCELLED' }),
    placedAt: epochMillis(order.placed_ms), // RFC 3339, UTC
    total: minorUnits(order.amount, order.currency), // 1050 EUR is '10.50', 1050 JPY is '1050'
    currency: upper(order.currency),
    email: lower(trim(required(order.email, skip('an order without an e-mail address')))),
    note: optional(order.note), // no note, no field
    channel: fallback(order.channel, 'web', 'orders from before 2024 name no channel'),
    source: fixed('shop', 'this mapping reads nothing else'),
    country: order.ship_to.country, // null for orders that are collected: they have no address
    express: present(at(order.tags, 'express')),
    size: when(is(order.status, 'paid'), 'large', 'small'),
    campaign: optional(at(order.tags, 'campaign')),
    lines: order.items.each((item) => ({ sku: item.article, quantity: item.pieces })),
  }),
  drops: (order) => [
    drop("the other tags are the shop's own", order.tags),
    drop('the warehouse has the address', order.ship_to.street),
    drop('the article number says it', at(order.items, 0).colour),
  ],
})
// #endregion

// #region derive
const Label = contract('label', {
  version: 1,
  schema: z.strictObject({ id: z.string(), code: z.string() }),
  key: (label) => label.id,
})

export const labelFromShop = mapping('label-from-shop', {
  from: placed,
  to: Label,
  fields: (order) => ({
    id: order.order_no,
    code: derive(order.order_no, 'the last six characters, padded with 0', (no) => no.slice(-6).padStart(6, '0')),
  }),
})
// #endregion

// #region basket
const Basket = contract('basket', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    total: z.string(), // '1.234,50'
    country: z.string(),
    pay: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('card'), brand: z.string() }),
      z.strictObject({ type: z.literal('debit'), iban: z.string() }),
    ]),
    company: z.strictObject({ name: z.string(), vat: z.string() }).nullable(),
    parcels: z.array(
      z.strictObject({
        carrier: z.string(),
        items: z.array(z.strictObject({ article: z.string(), gift: z.boolean() })),
      }),
    ),
  }),
  key: (basket) => basket.id,
})
const baskets = cloudEvents().on('basket.ordered', Basket)
// #endregion

// #region nested
const Sale = contract('sale', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    minor: z.int(), // cents
    region: z.enum(['europe', 'americas', 'elsewhere']),
    vatArea: z.enum(['CH', 'EU']),
    cardBrand: z.string().optional(),
    vat: z.string().optional(),
    buyer: z.union([
      z.strictObject({ as: z.literal('company'), name: z.string().nullable() }),
      z.strictObject({ as: z.literal('person') }),
    ]),
    lines: z.array(z.strictObject({ carrier: z.string(), sku: z.string(), place: z.int() })),
  }),
  key: (sale) => sale.id,
})

export const saleFromBasket = mapping('sale-from-basket', {
  from: baskets,
  to: Sale,
  fields: (basket) => ({
    id: basket.id,
    minor: decimalText(basket.total, 'EUR', { point: ',', group: '.' }), // exact: '1.234,50' is 123450
    region: lookup(
      basket.country,
      { CH: 'europe', DE: 'europe', US: 'americas' },
      { otherwise: fixed('elsewhere', 'reports know two regions') },
    ),
    vatArea: lookup(basket.country, { CH: 'CH', DE: 'EU' }, { otherwise: unmapped('tax decides about new countries') }),
    cardBrand: optional(only(basket.pay, 'type', 'card').brand), // absent for a debit
    vat: optional(when(is(basket.country, 'CH'), basket.company.vat, null)), // a field under a condition
    buyer: when(present(basket.company), { as: 'company', name: basket.company.name }, { as: 'person' }),
    lines: basket.parcels.flat((parcel) =>
      parcel.items
        .where((item) => is(item.gift, false), 'gifts are not sold')
        .each((item, place) => ({ carrier: parcel.carrier, sku: item.article, place })),
    ),
  }),
  drops: (basket) => [drop('the bank keeps it', only(basket.pay, 'type', 'debit').iban)],
})
// #endregion

// #region tenants
export const labelPerTenant = mapping('label-per-tenant', {
  from: placed,
  to: Label,
  fields: (order) => ({ id: order.order_no, code: upper(order.order_no) }),
  overrides: {
    acme: (order, base) => ({ code: text`ACME-${base.code}-${order.currency}` }),
    globex: (order) => ({ code: fallback(order.channel, 'WEB', 'globex sorts by channel') }),
  },
})

export const acmeLabel = (order: ValueOf<typeof Placed>) => labelPerTenant.run(order, { tenant: 'acme' })
// #endregion

// #region join
const Customer = contract('customer', {
  version: 1,
  schema: z.strictObject({ email: z.string(), tier: z.enum(['gold', 'basic']) }),
  key: (customer) => customer.email,
})
const Rated = contract('rated-order', {
  version: 1,
  schema: z.strictObject({ id: z.string(), tier: z.enum(['GOLD', 'BASIC']) }),
  key: (rated) => rated.id,
})

export const ratedOrder = mapping('rated-order', {
  from: join({ order: placed, customer: Customer }),
  to: Rated,
  fields: ({ order, customer }) => ({
    id: order.order_no,
    tier: enumOf(customer.tier, { gold: 'GOLD', basic: 'BASIC' }),
  }),
})

/** Whoever has both documents calls it: a saga step that has read the customer, a job, a test. */
export const rated = (order: ValueOf<typeof Placed>, customer: ValueOf<typeof Customer>) =>
  ratedOrder.run({ order, customer })
// #endregion

// #region split
const Line = contract('order-line', {
  version: 1,
  schema: z.strictObject({ order: z.string(), sku: z.string(), quantity: z.int() }),
  key: (line) => line.order,
})

export const linesFromOrder = split('lines-from-order', {
  from: placed,
  to: Line,
  list: (order) => order.items,
  fields: (item, order) => ({ order: order.order_no, sku: item.article, quantity: item.pieces }),
  id: (item) => item.article, // without it, the place in the list: '0', '1', …
})
// #endregion

// #region two-way
const Price = contract('price', {
  version: 1,
  schema: z.strictObject({
    sku: z.string(),
    amount: z.string(),
    currency: z.string(),
    since: z.string(),
    state: z.enum(['ON', 'OFF']),
    title: z.string(),
  }),
  key: (price) => price.sku,
})
const ErpPrice = contract('erp-price', {
  version: 1,
  schema: z.strictObject({
    article: z.string(),
    cents: z.int(),
    currency: z.string(), // 'eur'
    since: z.int(),
    active: z.enum(['y', 'n']),
  }),
  key: (price) => price.article,
})

const priceFromErp = mapping('price-from-erp', {
  from: cloudEvents().on('price.changed', ErpPrice),
  to: Price,
  fields: (price) => ({
    sku: price.article,
    amount: minorUnits(price.cents, price.currency), // back: finds the currency in the target
    currency: upper(price.currency, { was: 'lower' }),
    since: epochSeconds(price.since),
    state: enumOf(price.active, { y: 'ON', n: 'OFF' }),
    title: text`Price of ${price.article}`,
  }),
  twoWay: { without: { title: 'made of the article' } },
})

export const priceToErp = priceFromErp.reverse('price-to-erp', ErpPrice)
// #endregion

// #region module
/** Write it to a file when the project is built … */
export const code = moduleOf(priceFromErp)

/** … and hand it in when a process starts that may make no code from strings. */
export const start = (module: Parameters<typeof priceFromErp.adopt>[0]) => priceFromErp.adopt(module)
// #endregion

const erp = http('erp', { baseUrl: 'https://erp.example.com/api' })

export default tieline({
  flows: [
    flow('orders', {
      from: placed,
      into: Order,
      map: orderFromShop,
      to: target('order', {
        input: Order,
        call: erp.post('/orders', { name: 'orders.create' }),
        with: (order) => order,
      }),
    }),
  ],
})

// #region run
/** A mapping runs without a runtime: hand it a source document. */
const mapped = orderFromShop.run({
  order_no: 'A-1',
  status: 'paid',
  placed_ms: 1_767_225_600_000,
  amount: 1050,
  currency: 'eur',
  email: ' Ada@Example.com ',
  ship_to: null,
  items: [{ article: 'x-1', pieces: 2, colour: 'red' }],
  tags: { express: 'yes' },
})
export const checked = Order.check(mapped)
// #endregion
