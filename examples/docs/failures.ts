import { flow, policy, retry, secret, target, tieline, timeout } from 'tieline'
import { http } from 'tieline/http'
import { standardWebhooks } from 'tieline/webhook'
import { Order } from './contracts.ts'

const partner = standardWebhooks({ name: 'partner', secret: secret('PARTNER_SECRET') })

// #region policy
/** In process: for seconds. Two tries of 5 s each at most, with a pause of up to 1 s between them. */
const careful = policy(retry({ attempts: 2, base: '100ms', max: '1s' }), timeout('5s'))

const erp = http('erp', { baseUrl: 'https://erp.example.com/api', policy: careful })
// #endregion

// #region retry
export const orders = flow('orders', {
  from: partner.on('order.placed', Order),
  key: (order) => order.customer,
  to: target('order', { input: Order, call: erp.post('/orders', { name: 'orders.create' }), with: (order) => order }),
  /** In the store: for hours. The message waits on disk, at the head of its lane. These are the defaults. */
  retry: { attempts: 12, base: '1s', max: '1h', maxRetryAfter: '24h' },
  onDead: 'hold key', // or 'release key': later messages of the key go on
  deadline: '60s', // of one attempt
  concurrency: 64, // messages of this flow at work in one process
})
// #endregion

export default tieline({ flows: [orders] })
