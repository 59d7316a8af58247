import {
  type FaultTable,
  flow,
  operation,
  policy,
  retry,
  secret,
  TielineError,
  target,
  tieline,
  timeout,
} from 'tieline'
import { bearer, http, path } from 'tieline/http'
import { standardWebhooks } from 'tieline/webhook'
import { Order } from './contracts.ts'

// #region faults
/** What the statuses of this provider mean. The first row that matches decides; HTTP's own meaning stands behind it. */
const ERP_FAULTS: FaultTable = {
  source: 'https://erp.example.com/docs/errors',
  rows: [
    { status: 409, code: 'LOCKED', means: 'retry', afterMs: 2_000, why: 'somebody edits the record' },
    { status: 409, means: 'stop', why: 'the number is taken' },
    { status: 429, means: 'retry-after', afterMs: 60_000, why: '100 requests a minute' },
  ],
}
// #endregion

// #region connector
export const erp = http('erp', {
  baseUrl: 'https://erp.example.com/api/v2',
  auth: bearer(secret('ERP_TOKEN')),
  faults: ERP_FAULTS,
  policy: policy(retry({ attempts: 2, base: '100ms', max: '1s' }), timeout('10s')), // outermost first
})
// #endregion

// #region operations
/** POST: sends `Idempotency-Key`, so the provider must honour it. The input is the body. */
export const createOrder = erp.post<Order>('/orders', { name: 'orders.create' })

/** PUT: the same call again leads to the same state. */
export const putOrder = erp.put<Order>(({ id }) => path`/orders/${id}`, { name: 'orders.put', timeout: '5s' })

/** POST to a provider that ignores keys: say so, and `check` refuses to repeat it. */
export const sendFax = erp.post<{ readonly to: string }>('/fax', {
  name: 'fax.send',
  idempotency: { by: 'none', why: 'the ERP sends a fax for each call' },
})

/** GET with a decoded answer. */
export const findOrder = erp.get(({ id }: { readonly id: string }) => path`/orders/${id}`, {
  name: 'orders.find',
  response: (answer) => {
    const order = answer.json() as { readonly state?: unknown } | null // whatever the ERP sent
    if (typeof order?.state === 'string') return order.state
    throw new TielineError('PROVIDER_ANSWER', 'the order has no state')
  },
})
// #endregion

// #region operation
/** Everything by hand: both halves are pure. Use this where JSON over HTTP is not enough. */
export const cancelOrder = operation<{ readonly id: string }, { readonly cancelled: boolean }>({
  connector: erp.connector,
  name: 'orders.cancel',
  idempotency: { by: 'state', why: 'a cancelled order stays cancelled' },
  request: ({ id }, { secret: valuesOf, idempotencyKey }) => ({
    method: 'POST',
    path: path`/orders/${id}/cancel`,
    headers: { authorization: `Bearer ${valuesOf('ERP_TOKEN')[0]}`, 'x-request-id': idempotencyKey },
  }),
  response: ({ status }) => ({ cancelled: status === 200 }),
})
// #endregion

const partner = standardWebhooks({ name: 'partner', secret: secret('PARTNER_SECRET') })

// #region flow
export default tieline({
  flows: [
    flow('partner-orders', {
      from: partner.on('order.placed', Order),
      key: (order) => order.customer,
      to: target('erp-order', { input: Order, call: putOrder, with: (order) => order }),
    }),
  ],
})
// #endregion
