import { createHmac } from 'node:crypto'

/** Of this benchmark only. */
export const SECRET = 'whsec_0123456789abcdef0123456789abcdef'

export interface EventOptions {
  /** Customers that the events are about, in turn. */
  readonly keys?: number
  /** Milliseconds since 1970 at which the event was due, for who measures until its effect. */
  readonly dueMs?: number
}

/** A whole HTTP request with a signed Stripe-like event of about 1 KB; every event is new, customers repeat. */
export function request(host: string, n: number, run: string, { keys = 10_000, dueMs }: EventOptions = {}): Buffer {
  const customer = `cus_${String((n * 7919) % keys).padStart(14, '0')}`
  const created = Math.floor(Date.now() / 1000)
  const body = JSON.stringify({
    id: `evt_${run}${n}`,
    object: 'event',
    api_version: '2026-09-30.endive',
    created,
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${run}${n}`, idempotency_key: `8e03978e-40d5-43e8-bc93-${String(n).padStart(12, '0')}` },
    type: 'payment_intent.succeeded',
    data: {
      object: {
        id: `pi_${run}${n}`,
        object: 'payment_intent',
        amount: 1000 + (n % 9000),
        amount_received: 1000 + (n % 9000),
        currency: 'eur',
        customer,
        created,
        description: 'Bestellung für Käse & Brötchen – 日本',
        latest_charge: `ch_${run}${n}`,
        livemode: false,
        metadata: {
          order_id: `order-${n}`,
          channel: 'web',
          campaign: 'autumn',
          ...(dueMs && { due_ms: String(dueMs) }),
        },
        payment_method: `pm_${run}${n}`,
        payment_method_types: ['card', 'sepa_debit'],
        receipt_email: `kunde${n % keys}@example.com`,
        statement_descriptor: 'EXAMPLE SHOP',
        status: 'succeeded',
        client_secret: null,
        capture_method: 'automatic',
        confirmation_method: 'automatic',
        shipping: {
          name: 'Zoë Müller',
          address: { line1: 'Rosenstraße 12', city: 'München', postal_code: '80331', country: 'DE' },
        },
        amount_details: { tip: {} },
      },
    },
  })
  const raw = Buffer.from(body)
  const signature = createHmac('sha256', SECRET).update(`${created}.`).update(raw).digest('hex')
  const head = `POST /in/stripe HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nStripe-Signature: t=${created},v1=${signature}\r\nContent-Length: ${raw.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), raw])
}

/** Of a typical body. */
export const BODY_BYTES: number = ((): number => {
  const example = request('127.0.0.1:40000', 12_345, 'run')
  return example.length - example.indexOf('\r\n\r\n') - 4
})()
