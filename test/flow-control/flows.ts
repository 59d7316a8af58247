import { breaker, bulkhead, contract, flow, type Policy, policy, rateLimit, secret, target, timeout } from 'tieline'
import { http } from 'tieline/http'
import { jsonSchema } from 'tieline/json-schema'
import { standardWebhooks } from 'tieline/webhook'
import { nowMs } from './now.ts'

interface Event {
  readonly type: string
  readonly data: { readonly id: string; readonly key: string }
}

const Event = contract('event', {
  version: 1,
  schema: jsonSchema<Event>({ type: 'object', required: ['type', 'data'] }),
  key: ({ data }) => data.key,
})

const events = standardWebhooks({ name: 'shop', secret: secret('SHOP_SECRET') }).on('changed', Event)

const baseUrl = process.env['PROVIDER_URL'] ?? 'http://127.0.0.1:4400'

/** One connector for each thing to be shown, and a flow of the same name for each of its operations. */
function flowsOf(connector: string, around: Policy, operations: readonly string[] = [connector]) {
  const to = http(connector, { baseUrl, allow: ['127.0.0.1'], policy: policy(around, timeout('8s')) })
  return operations.map((name) =>
    flow(name, {
      from: events,
      key: ({ data }) => data.key,
      to: target(name, {
        call: to.post<Event['data'], number>(`/${name}`, {
          name,
          // The request is made when all gates are passed.
          headers: () => ({ 'x-process': String(process.pid), 'x-sent': String(nowMs()) }),
          response: ({ status }) => status,
        }),
        with: ({ data }: Event) => data,
      }),
      retry: { attempts: 20, base: '100ms', max: '1s' },
    }),
  )
}

export const flows = [
  ...flowsOf('paced', rateLimit({ limit: 50, per: '1s' })),
  ...flowsOf('fragile', breaker({ failures: 5, within: '30s', halfOpenAfter: '3s', probes: 1 })),
  ...flowsOf('narrow', bulkhead(4)),
  ...flowsOf('busy', policy()),
  ...flowsOf('steered', rateLimit({ limit: 150, per: '1s' }), ['steered', 'beside']),
]
