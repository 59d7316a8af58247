import { contract, flow, policy, saga, secret, target, timeout } from 'tieline'
import { http } from 'tieline/http'
import { jsonSchema } from 'tieline/json-schema'
import { standardWebhooks } from 'tieline/webhook'
import type { EventData } from '../ledger.ts'

/** The message and the process that calls, so that the ledger can tell lives apart. */
interface Request extends EventData {
  readonly after?: string
}

interface OrderEvent {
  readonly type: string
  readonly data: EventData
}

const life = String(process.pid)
const provider = http('provider', {
  baseUrl: process.env['PROVIDER_URL'] ?? 'http://127.0.0.1:4400',
  allow: ['127.0.0.1'],
  policy: policy(timeout('400ms')),
})

const call = (name: string) =>
  provider.post<Request, string>(`/${name}`, {
    name,
    headers: () => ({ 'x-process': life }),
    response: (answer) => (answer.json() as { id: string }).id,
  })

const order = call('order')
const reserve = call('reserve')
const charge = call('charge')
const ship = call('ship')

const OrderEvent = contract('order-event', {
  version: 1,
  schema: jsonSchema<OrderEvent>({
    type: 'object',
    required: ['type', 'data'],
    properties: {
      type: { const: 'order.changed' },
      data: {
        type: 'object',
        required: ['event', 'key', 'seq'],
        properties: { event: { type: 'string' }, key: { type: 'string' }, seq: { type: 'integer' } },
      },
    },
  }),
  key: ({ data }) => data.key,
})

const changes = standardWebhooks({ name: 'shop', secret: secret('SHOP_SECRET') }).on('order.changed', OrderEvent)
const request = ({ event, key, seq }: EventData): Request => ({ event, key, seq })
/** The provider's faults pass; a message is never given up for them. */
const stubborn = { attempts: 100_000, base: '20ms', max: '300ms' } as const
const irreversible = 'nothing is ever given up here'

/** One call. */
export const orders = flow('orders', {
  from: changes,
  key: ({ data }) => data.key,
  to: target('order', { call: order, with: ({ data }: OrderEvent) => request(data) }),
  retry: stubborn,
})

/** Three calls; each needs what the one before it made, which after a crash only the journal knows. */
export const fulfilment = flow('fulfilment', {
  from: changes,
  key: ({ data }) => data.key,
  to: saga('fulfil', { input: OrderEvent })
    .step('reserved', {
      calls: [reserve],
      do: ({ input, ...call }) => reserve(request(input.data), call),
      irreversible,
    })
    .step('charged', {
      calls: [charge],
      do: ({ input, reserved, ...call }) => charge({ ...request(input.data), after: reserved }, call),
      irreversible,
    })
    .step('shipped', {
      calls: [ship],
      do: ({ input, charged, ...call }) => ship({ ...request(input.data), after: charged }, call),
      irreversible,
    }),
  retry: stubborn,
})
