import {
  contract,
  decimal,
  fixed,
  flow,
  mapping,
  normalizer,
  required,
  secret,
  skip,
  target,
  tieline,
  upper,
} from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { type Customer, type Order, shopify } from 'tieline/shopify'
import { stripe } from 'tieline/stripe'
import { z } from 'zod'

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const shop = shopify({ webhookSecret: secret('SHOPIFY_SECRET') })
const crm = hubspot({ token: secret('HUBSPOT_TOKEN') })

// #region key
const Change = contract('payment-change', {
  version: 1,
  schema: z.strictObject({
    payment: z.string(),
    change: z.enum(['paid', 'refunded']),
    minor: z.int(),
    currency: z.string(),
  }),
  key: (change) => change.payment, // one payment is one lane
})
// #endregion

// #region normalizer
const paid = mapping('paid', {
  from: payments.on('payment_intent.succeeded'),
  to: Change,
  fields: (intent) => ({
    payment: intent.id,
    change: fixed('paid', 'what this event means'),
    minor: intent.amount_received,
    currency: upper(intent.currency),
  }),
})

const refunded = mapping('refunded', {
  from: payments.on('charge.refunded'),
  to: Change,
  fields: (charge) => ({
    payment: required(charge.payment_intent, skip('a charge without a payment intent')),
    change: fixed('refunded', 'what this event means'),
    minor: charge.amount_refunded,
    currency: upper(charge.currency),
  }),
})

/** Both kinds of event are about one payment, so they are in one flow and share its order. */
const changes = normalizer('payment-changes', {
  into: Change,
  map: [paid, refunded],
  to: target('deal', {
    input: Change,
    call: crm.deals.upsert,
    with: ({ payment, change, minor, currency }) => ({
      by: 'payment_id',
      id: payment,
      amount: decimal(minor, currency),
      stage: change === 'paid' ? 'closedwon' : 'refunded',
    }),
  }),
})
// #endregion

// #region plain
/** A flow without a mapping says its key itself; without `key` each message is a lane of its own. */
const orders = flow('shop-orders', {
  from: shop.on('orders/updated'),
  key: (order) => String(order.id),
  to: target('shop-deal', {
    call: crm.deals.upsert,
    with: (order: Order) => ({ by: 'payment_id', id: `shop-${order.id}`, name: order.name, amount: order.total_price }),
  }),
})

/** Order does not matter here: everything at once, and a dead letter holds nobody up. */
const customers = flow('shop-customers', {
  from: shop.on('customers/update'),
  order: 'none',
  to: target('shop-contact', {
    call: crm.contacts.upsert,
    with: (customer: Customer) => ({ by: 'email', id: customer.email ?? `${customer.id}@shop.invalid` }),
  }),
})
// #endregion

export default tieline({ flows: [changes, orders, customers] })
