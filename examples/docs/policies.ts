import {
  adaptive,
  breaker,
  bulkhead,
  fallbackTo,
  flow,
  hedge,
  policy,
  rateLimit,
  retry,
  retryBudget,
  secret,
  target,
  tieline,
  timeout,
} from 'tieline'
import { bearer, http } from 'tieline/http'
import { standardWebhooks } from 'tieline/webhook'
import { Order } from './contracts.ts'

const partner = standardWebhooks({ name: 'partner', secret: secret('PARTNER_SECRET') })

// #region policy
/** Outermost first. A policy is a value: name it once, share it. */
const careful = policy(
  bulkhead(8),
  rateLimit({ limit: 100, per: '10s' }),
  retry({ attempts: 3, max: '2s', budget: retryBudget() }),
  breaker({ failures: 5, within: '30s', halfOpenAfter: '1m' }),
  timeout({ total: '10s', connect: '1s', firstByte: '5s' }),
)

const erp = http('erp', { baseUrl: 'https://erp.example.com/api', auth: bearer(secret('ERP_TOKEN')), policy: careful })
// #endregion

// #region breaker
/** Opens when half of the last 100 calls failed, or nine of ten took longer than 2 s. */
export const byRate = breaker({ failureRate: 0.5, slowAfter: '2s', slowRate: 0.9, within: 100, probes: 5 })
// #endregion

// #region tenant
/** Each tenant by itself: a loud one waits, the others do not. */
export const fair = policy(
  bulkhead(2, { each: 'tenant' }),
  rateLimit({ limit: 10, per: '1s', burst: 5, each: 'tenant' }),
  timeout('10s'),
)
// #endregion

// #region adaptive
/** For a provider that names no limits: as many calls at the same time as it serves without queueing them. */
export const found = policy(adaptive({ by: 'gradient', max: 64 }), timeout('10s'))
// #endregion

// #region read
/** For reads: a second call where the first is slow, and a value to go on with where there is no answer. */
export const quick = policy(
  fallbackTo({ discount: 0 }, 'without a discount the price is right, only higher'),
  hedge({ after: '300ms' }),
  timeout('2s'),
)
// #endregion

export const orders = flow('policy-orders', {
  from: partner.on('order.placed', Order),
  to: target('policy-order', {
    input: Order,
    call: erp.post('/orders', { name: 'orders.create' }),
    with: (order) => order,
  }),
})

export default tieline({ flows: [orders] })
