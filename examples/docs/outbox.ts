import { contract, drop, fixed, flow, mapping, normalizer, target, tieline, type ValueOf } from 'tieline'
import { http } from 'tieline/http'
import { outbox } from 'tieline/outbox'
import { postgres } from 'tieline/postgres'
import { z } from 'zod'

// #region declare
export const Placed = contract('order-placed', {
  version: 1,
  schema: z.strictObject({ order: z.string(), total: z.string() }),
  key: ({ order }) => order, // messages of one order keep their order
})

export const Cancelled = contract('order-cancelled', {
  version: 1,
  schema: z.strictObject({ order: z.string(), reason: z.string() }),
  key: ({ order }) => order,
})

export const shop = outbox('shop', { events: { 'order.placed': Placed, 'order.cancelled': Cancelled } })
// #endregion

export type Order = ValueOf<typeof Placed>

const erp = http('erp', { baseUrl: 'https://erp.example.com/api' })

const Status = contract('order-status', {
  version: 1,
  schema: z.strictObject({ order: z.string(), status: z.enum(['placed', 'cancelled']) }),
  key: ({ order }) => order,
})

const fromPlaced = mapping('status-of-placed', {
  from: shop.on('order.placed'),
  to: Status,
  fields: ({ order }) => ({ order, status: fixed('placed', 'what this event means') }),
  drops: ({ total }) => [drop('a status has no amount', total)],
})

const fromCancelled = mapping('status-of-cancelled', {
  from: shop.on('order.cancelled'),
  to: Status,
  fields: ({ order }) => ({ order, status: fixed('cancelled', 'what this event means') }),
  drops: ({ reason }) => [drop('the provider has no place for it', reason)],
})

// #region flows
/** One kind of event. */
const invoices = flow('invoices', {
  from: shop.on('order.placed'),
  to: target('invoice', { input: Placed, call: erp.post('/invoices', { name: 'invoices.create' }), with: (it) => it }),
})

/** Both kinds are about one order: in one flow they keep their order. */
const statuses = normalizer('statuses', {
  into: Status,
  map: [fromPlaced, fromCancelled],
  to: target('status', { input: Status, call: erp.post('/statuses', { name: 'statuses.set' }), with: (it) => it }),
})

export default tieline({
  store: postgres('postgres://shop@127.0.0.1:5432/shop'), // the database in which the shop publishes
  flows: [invoices, statuses],
})
// #endregion
