import { createHmac } from 'node:crypto'
import { sign as signOctokit } from '@octokit/webhooks-methods'
import { CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import Stripe from 'stripe'
import type { Delivery } from './sink.ts'

/** What HubSpot signs; the runtime itself listens elsewhere. */
export const PUBLIC_URL = 'https://hooks.example.com'

/** One event, as its sender would send it, but for the signature. */
export interface Event {
  readonly path: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly delivery: Delivery
}

export interface Sender {
  readonly name: string
  /** Newest first, as while rotating. None: the source is open. */
  readonly secrets: readonly [string, string] | undefined
  readonly stamped: boolean
  event(n: string): Event
  sign(secret: string, event: Event, atMs: number): Promise<Readonly<Record<string, string>>>
}

const stripe = new Stripe('sk_test_made_up')
const JSON_TYPE = { 'content-type': 'application/json' }
const base64 = (text: string): string => Buffer.from(text.padEnd(24, '.')).toString('base64')

/** A Stripe event about a payment of this customer, or about an object that has none. */
export function stripeEvent(n: string, customer: string | undefined = `cus_${n}`): Event {
  const object = { id: `pi_${n}`, object: 'payment_intent', ...(customer === undefined ? {} : { customer }) }
  const data = { id: `evt_${n}`, object: 'event', type: 'payment_intent.succeeded', created: 1, data: { object } }
  const { id, type } = data
  const delivery = { source: 'stripe', id, type, key: customer ?? object.id, data }
  return { path: '/in/stripe', body: JSON.stringify(data), headers: JSON_TYPE, delivery }
}

/** Some events of HubSpot; one request may hold several. */
export function hubspotEvents(...numbers: readonly number[]): Event & { readonly deliveries: readonly Delivery[] } {
  const type = 'contact.propertyChange'
  const events = numbers.map((eventId) => ({
    eventId,
    subscriptionId: 12,
    portalId: 62515,
    occurredAt: 1_788_000_000_000,
    subscriptionType: type,
    objectId: 7,
    propertyName: 'phone',
    propertyValue: 'Zoë',
  }))
  const deliveries = events.map((data) => {
    const id = `${data.eventId}-12-1788000000000`
    return { source: 'hubspot', id, type, key: id, data }
  })
  const [delivery] = deliveries as [Delivery]
  return { path: '/in/hubspot', body: JSON.stringify(events), headers: JSON_TYPE, delivery, deliveries }
}

/** A CloudEvent, to be sent in one of its modes. */
export function cloudEvent(n: string, subject: string | undefined = `order ${n}`): CloudEvent<{ n: string }> {
  const about = subject === undefined ? {} : { subject }
  return new CloudEvent({ id: `ce_${n}`, source: '/shop', type: 'order.placed', data: { n }, ...about })
}

function cloudEventSender(mode: 'binary' | 'structured'): Sender {
  return {
    name: `events, ${mode}`,
    secrets: undefined,
    stamped: false,
    event: (n) => {
      const made = cloudEvent(`${mode}_${n}`)
      const { id, type } = made
      const { headers, body } = HTTP[mode](made)
      return {
        path: '/events',
        body: body as string,
        headers: headers as Record<string, string>,
        delivery: { source: 'events', id, type, key: String(made.subject), data: made.data },
      }
    },
    sign: async () => ({}),
  }
}

export const SENDERS: readonly Sender[] = [
  {
    name: 'stripe',
    secrets: ['whsec_made_up_new', 'whsec_made_up_old'],
    stamped: true,
    event: (n) => stripeEvent(n),
    sign: async (secret, { body }, atMs) => {
      const timestamp = Math.floor(atMs / 1_000)
      return { 'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }) }
    },
  },
  {
    name: 'standard',
    secrets: [`whsec_${base64('new')}`, `whsec_${base64('old')}`],
    stamped: true,
    event: (n) => {
      const data = { type: 'invoice.paid', timestamp: '2026-11-22T12:00:00Z', data: { n } }
      const id = `msg_${n}`
      const delivery = { source: 'standard', id, type: data.type, key: id, data }
      return { path: '/in/standard', body: JSON.stringify(data), headers: JSON_TYPE, delivery }
    },
    sign: async (secret, { body, delivery: { id } }, atMs) => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(atMs / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(atMs), body),
    }),
  },
  {
    name: 'hubspot',
    secrets: ['made-up-client-secret-new', 'made-up-client-secret-old'],
    stamped: true,
    event: (n) => hubspotEvents([...n].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 1) % 1e9),
    // developers.hubspot.com, "Validate the v3 request signature": method, address, body, time
    sign: async (secret, { path, body }, atMs) => ({
      'x-hubspot-request-timestamp': String(atMs),
      'x-hubspot-signature-v3': createHmac('sha256', secret)
        .update(`POST${PUBLIC_URL}${path}${body}${atMs}`)
        .digest('base64'),
    }),
  },
  {
    name: 'shopify',
    secrets: ['made-up-shopify-new', 'made-up-shopify-old'],
    stamped: false,
    event: (n) => {
      const data = { id: 820_982_911, note: `Zoë ${n}` }
      const headers = {
        ...JSON_TYPE,
        'x-shopify-webhook-id': `wh_${n}`,
        'x-shopify-topic': 'orders/create',
        'x-shopify-shop-domain': 'made-up.myshopify.com',
      }
      const delivery = { source: 'shopify', id: `wh_${n}`, type: 'orders/create', key: `wh_${n}`, data }
      return { path: '/in/shopify', body: JSON.stringify(data), headers, delivery }
    },
    // shopify.dev, "Verify the webhook": the body alone
    sign: async (secret, { body }) => ({
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    }),
  },
  {
    name: 'github',
    secrets: ['made-up-github-new', 'made-up-github-old'],
    stamped: false,
    event: (n) => {
      const data = { action: 'opened', issue: { title: n }, repository: { full_name: 'tieline/tieline' } }
      const headers = { ...JSON_TYPE, 'x-github-delivery': `gh_${n}`, 'x-github-event': 'issues' }
      const delivery = { source: 'github', id: `gh_${n}`, type: 'issues.opened', key: `gh_${n}`, data }
      return { path: '/in/github', body: JSON.stringify(data), headers, delivery }
    },
    sign: async (secret, { body }) => ({ 'x-hub-signature-256': await signOctokit(secret, body) }),
  },
  cloudEventSender('binary'),
  cloudEventSender('structured'),
]

/** The sender of this name. */
export function sender(name: string): Sender {
  const found = SENDERS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no sender ${name}`)
  return found
}

/** The secrets of all senders, both values of each, as the example reads them. */
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  SENDERS.flatMap(({ name, secrets }) =>
    secrets === undefined ? [] : [[`TIELINE_SECRET_${name.toUpperCase()}`, secrets.join(',')]],
  ),
)
