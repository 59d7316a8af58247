import { breaker, bulkhead, flow, policy, rateLimit, retry, retryBudget, secret, target, timeout } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { type Customer, type Order, shopify } from 'tieline/shopify'

const shop = shopify({ webhookSecret: secret('SHOPIFY_SECRET') })

// #region policy
/** Outermost first. What the account allows is declared once, and holds for all workers together. */
const careful = policy(
  bulkhead(20),
  rateLimit({ limit: 100, per: '10s' }),
  retry({ attempts: 2, max: '1s', budget: retryBudget({ ratio: 0.1 }) }),
  breaker({ failureRate: 0.5, slowAfter: '5s', within: '30s', halfOpenAfter: '1m' }),
  timeout({ total: '10s', connect: '2s' }),
)

const crm = hubspot({ token: secret('HUBSPOT_TOKEN'), policy: careful })
// #endregion

// #region priority
export const orders = flow('orders', {
  from: shop.on('orders/updated'),
  key: (order: Order) => String(order.id),
  tenant: (message) => message.attributes['shop'] ?? '',
  priority: 'critical',
  to: target('order-deal', {
    call: crm.deals.upsert,
    with: (order: Order) => ({ by: 'order_id', id: String(order.id), name: order.name, amount: order.total_price }),
  }),
})
// #endregion

// #region latest
/** A customer who is edited ten times in a minute is written once. */
export const customers = flow('customers', {
  from: shop.on('customers/update'),
  key: (customer) => String(customer.id),
  latest: { within: '30s' },
  priority: 'bulk',
  to: target('customer-contact', {
    call: crm.contacts.upsert,
    with: (customer: Customer) => ({ by: 'email', id: customer.email ?? `${customer.id}@shop.invalid` }),
  }),
})
// #endregion
