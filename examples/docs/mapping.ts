import {
  at,
  cloudEvents,
  contract,
  derive,
  drop,
  enumOf,
  epochMillis,
  fallback,
  fixed,
  flow,
  is,
  lower,
  mapping,
  minorUnits,
  optional,
  present,
  required,
  skip,
  target,
  text,
  tieline,
  trim,
  upper,
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
