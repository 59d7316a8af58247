import { contract, flow, policy, retry, secret, target, timeout } from 'tieline'
import { http } from 'tieline/http'
import { keyedProvider, type Scenario, type SimulationReport, signStandard, simulate } from 'tieline/testing'
import { standardWebhooks } from 'tieline/webhook'
import { z } from 'zod'

const Order = contract('order', {
  version: 1,
  schema: z.looseObject({ id: z.string(), customer: z.string(), amount: z.int() }),
  key: (order) => order.customer,
})
const partner = standardWebhooks({ name: 'partner', secret: secret('PARTNER_SECRET') })
const erp = http('erp', {
  baseUrl: 'https://erp.example.com',
  policy: policy(retry({ attempts: 2, max: '1s' }), timeout('10s')),
})
const orders = flow('orders', {
  from: partner.on('order.placed', Order),
  key: (order) => order.customer,
  to: target('order', {
    input: Order,
    call: erp.post('/orders', { name: 'orders.create' }),
    with: (order: { id: string }, { id }) => ({ ...order, message: id }),
  }),
  retry: { attempts: 6, base: '500ms', max: '10s' },
})

// #region scenario
const SECRET = 'whsec_bWFkZSB1cCBmb3IgYSBzaW11bGF0aW9uIG9ubHk='

/** The flow as it is, the ERP as a model, and what the partner sends. */
export const ordering: Scenario = {
  name: 'ordering',
  flows: [orders],
  secrets: { PARTNER_SECRET: [SECRET] },
  cast: (stage) => ({
    providers: {
      'https://erp.example.com': keyedProvider('erp', ({ message }: { message: string }) => {
        stage.effect('orders', message, 'created') // twice, or out of order: the run fails
        return 201
      }),
    },
    sends: ['a', 'b', 'c', 'd', 'e'].map((id, i) => {
      const order = { type: 'order.placed', id, customer: i % 2 === 0 ? 'ada' : 'bob', amount: 100 }
      const body = new TextEncoder().encode(JSON.stringify(order))
      return {
        source: 'partner',
        name: id,
        atMs: 200 * i,
        request: (nowMs) => {
          const seconds = Math.floor(nowMs / 1_000)
          const headers = {
            'webhook-id': id,
            'webhook-timestamp': `${seconds}`,
            'webhook-signature': signStandard(SECRET, id, seconds, body),
          }
          return { headers, body }
        },
      }
    }),
    // Whose call it is: so that no call is made without a lease, or before a Retry-After is over.
    subject: ({ body }) => ({ flow: 'orders', message: (JSON.parse(String(body)) as { message: string }).message }),
  }),
}
// #endregion

// #region simulate
export const prove = (): Promise<SimulationReport> => simulate(ordering, { seeds: 200 })
// #endregion
