import { github } from '../../../src/adapter/connector/github/index.ts'
import { hubspot } from '../../../src/adapter/connector/hubspot/index.ts'
import { shopify } from '../../../src/adapter/connector/shopify/index.ts'
import { stripe } from '../../../src/adapter/connector/stripe/index.ts'
import { standardWebhooks } from '../../../src/adapter/connector/webhook/index.ts'
import { TielineError } from '../../../src/core/error.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import type { Endpoint, SourceEvent } from '../../../src/declare/source/source.ts'
import { decodeBody } from '../../../src/engine/body.ts'
import { parseJson } from '../../../src/serve/parse-json.ts'
import { jsonBytes } from '../json/corpus.ts'
import { type Headers, mutateHeaders } from '../mutate/headers.ts'
import { type AnyTarget, type Broken, target } from '../target.ts'

interface Sent {
  readonly sender: number
  readonly headers: Headers
  readonly body: Uint8Array
}

const TOLD = secret('MADE_UP')
const SENDERS: readonly {
  readonly endpoint: Endpoint
  readonly headers: Headers
  readonly bodies: readonly unknown[]
}[] = [
  {
    endpoint: stripe({ webhookSecret: TOLD }).endpoint,
    headers: {},
    bodies: [
      { id: 'evt_1', type: 'charge.refunded', created: 1_788_000_000, data: { object: { id: 'ch_1' } } },
      { id: 'evt_2', object: 'v2.core.event', type: 'v1.x', created: '2026-09-01T10:00:00Z' },
    ],
  },
  {
    endpoint: hubspot({ webhookSecret: TOLD }).endpoint,
    headers: {},
    bodies: [
      [
        {
          eventId: 1,
          subscriptionId: 2,
          portalId: 3,
          occurredAt: 1_788_000_000_000,
          subscriptionType: 'contact.creation',
          objectId: 7,
        },
        {
          eventId: 2,
          subscriptionId: 2,
          portalId: 3,
          occurredAt: 1_788_000_000_000,
          subscriptionType: 'contact.merge',
          fromObjectId: 7,
        },
      ],
    ],
  },
  {
    endpoint: shopify({ webhookSecret: TOLD }).endpoint,
    headers: {
      'x-shopify-webhook-id': 'b1',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': 'a.myshopify.com',
      'x-shopify-event-id': 'e1',
      'x-shopify-triggered-at': '2026-09-01T10:00:00Z',
    },
    bodies: [{ id: 1, total_price: '12.50', line_items: [{ id: 2, sku: null }] }],
  },
  {
    endpoint: github({ webhookSecret: TOLD }).endpoint,
    headers: { 'x-github-delivery': 'd1', 'x-github-event': 'pull_request' },
    bodies: [{ action: 'opened', repository: { full_name: 'o/r' } }, { ref: 'refs/heads/main' }],
  },
  {
    endpoint: standardWebhooks({ secret: TOLD }).endpoint,
    headers: { 'webhook-id': 'msg_1' },
    bodies: [{ type: 'user.created', timestamp: '2026-09-01T10:00:00Z', data: { id: 1 } }],
  },
]
const LONGEST = 255

type Law = 'refuses' | 'bounded' | 'whole' | 'restart'

export const senders: AnyTarget = target<Sent, Law>({
  name: 'senders',
  about: 'events of Stripe, HubSpot, Shopify, GitHub and Standard Webhooks in verified requests',
  laws: {
    refuses:
      'what is no event is BODY_MALFORMED, naming the field; the envelope says what is broken and throws nothing',
    bounded:
      'id and type are text of 1 to 255 characters (an id of HubSpot joins three), attributes text of at most 255',
    whole: 'data is the body, or each of its elements',
    restart: 'data read again from its stored bytes is the same data',
  },
  make(chance) {
    const sender = chance.below(SENDERS.length)
    const { headers, bodies } = SENDERS[sender] as (typeof SENDERS)[number]
    return {
      sender,
      headers: chance.once(2) ? headers : mutateHeaders(chance, headers),
      body: jsonBytes(chance, bodies),
    }
  },
  check({ sender, headers, body }, broken) {
    const { endpoint } = SENDERS[sender] as (typeof SENDERS)[number]
    let events: readonly SourceEvent[]
    let value: unknown
    try {
      value = parseJson(Buffer.from(body), 64)
      events = endpoint.read({ headers: headers as Record<string, string>, body: value })
    } catch (thrown) {
      if (!(thrown instanceof TielineError)) throw thrown
      if (thrown.code !== 'BODY_MALFORMED' || thrown.message.length > 300) broken('refuses', thrown.message)
      return
    }
    for (const event of events) checkEvent(endpoint, event, body, broken)
    const list = endpoint.scheme === 'hubspot-v3' ? value : [value]
    if (!Array.isArray(list) || list.length !== events.length || list.some((item, i) => item !== events[i]?.data))
      broken('whole')
  },
})

function checkEvent(endpoint: Endpoint, event: SourceEvent, body: Uint8Array, broken: Broken<Law>): void {
  const { id, type, attributes, data, raw = body } = event
  const parts = endpoint.scheme === 'hubspot-v3' ? 3 : 1
  if (typeof id !== 'string' || id === '' || id.length > parts * (LONGEST + 1)) broken('bounded', id)
  for (const text of [type, ...Object.values(attributes)]) {
    if (typeof text !== 'string' || text.length > LONGEST || (text === '' && text === type))
      broken('bounded', String(text))
  }
  const checked = endpoint.envelope?.check(data)
  if (checked?.ok === false && (checked.issues.length === 0 || checked.issues.length > 20)) broken('refuses')
  if (JSON.stringify(decodeBody(raw, attributes['datacontenttype'])) !== JSON.stringify(data)) broken('restart')
}
