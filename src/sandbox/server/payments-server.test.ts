import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterEach, expect, it } from 'vitest'
import { type PaymentsServer, type PaymentsServerOptions, servePayments } from './payments-server.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const PATIENT = { timeout: 15_000 } // a busy machine is no failure
const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

/** Answers with `statuses` in turn, then 200. */
async function receiver(statuses: number[] = []) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    received.push({ headers: request.headers, body })
    response.writeHead(statuses.shift() ?? 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in/stripe`, received }
}

async function start(options: PaymentsServerOptions = {}): Promise<{ server: PaymentsServer; stripe: Stripe }> {
  const server = await servePayments(options)
  open.push(server)
  const { hostname, port } = new URL(server.url)
  const stripe = new Stripe('sk_test_sandbox', {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 2,
  })
  return { server, stripe }
}

const PAY = { amount: 1_099, currency: 'eur', confirm: true, payment_method: 'pm_card_visa' } as const
const SECRETS = ['whsec_first', 'whsec_second']

it("serves Stripe's own SDK: customers, payments, refunds, lists, errors, idempotency", async () => {
  const { stripe, server } = await start()
  const customer = await stripe.customers.create({ email: 'ann@b.example', metadata: { signup_id: 's1' } })
  expect((await stripe.customers.retrieve(customer.id)).id).toBe(customer.id)
  const intent = await stripe.paymentIntents.create({ ...PAY, customer: customer.id, metadata: { order: '7' } })
  expect(intent).toMatchObject({ status: 'succeeded', amount_received: 1_099, metadata: { order: '7' } })
  const refund = await stripe.refunds.create({ payment_intent: intent.id, reason: 'requested_by_customer' })
  expect((await stripe.charges.retrieve(String(refund.charge))).refunded).toBe(true)
  for (let number = 0; number < 12; number++) await stripe.customers.create({ name: `n${number}` })
  const all = []
  for await (const one of stripe.customers.list({ limit: 5 })) all.push(one.id)
  expect(all).toHaveLength(13)
  await expect(stripe.customers.retrieve('cus_no')).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
  await expect(
    stripe.paymentIntents.create({ ...PAY, payment_method: 'pm_card_chargeDeclined' }),
  ).rejects.toBeInstanceOf(Stripe.errors.StripeCardError)
  const once = await stripe.customers.create({ name: 'once' }, { idempotencyKey: 'k' })
  expect((await stripe.customers.create({ name: 'once' }, { idempotencyKey: 'k' })).id).toBe(once.id)
  await expect(stripe.customers.create({ name: 'other' }, { idempotencyKey: 'k' })).rejects.toBeInstanceOf(
    Stripe.errors.StripeIdempotencyError,
  )
  expect(server.ledger().repeats).toBe(1)
})

it("the SDK's retries with its idempotency key ride out faults with one effect", async () => {
  const { stripe, server } = await start({ faults: [{ kind: 'cut-after-effect', next: 1 }] })
  const customer = await stripe.customers.create({ name: 'Ann' })
  expect(server.ledger().effects.map(({ id }) => id)).toEqual([customer.id])
  expect(server.ledger().repeats).toBe(1)
})

it('webhooks pass constructEvent with either secret, with a fresh stamp and the same bytes in each attempt', async () => {
  const { url, received } = await receiver([500])
  const schedule = { delaysMs: [1_100], afterwards: 'give up', timeoutMs: 5_000 } as const // a stamp is in seconds
  const { stripe, server } = await start({ endpoint: { url, secrets: SECRETS }, schedule })
  const intent = await stripe.paymentIntents.create(PAY)
  await expect.poll(() => server.pending(), PATIENT).toBe(0)
  const [first, second] = received
  expect(received).toHaveLength(2)
  expect(second?.body).toEqual(first?.body)
  expect(second?.headers['stripe-signature']).not.toBe(first?.headers['stripe-signature'])
  for (const secret of SECRETS) {
    const signature = String(second?.headers['stripe-signature'])
    const event = stripe.webhooks.constructEvent(second?.body ?? '', signature, secret)
    expect(event).toMatchObject({ type: 'payment_intent.succeeded', data: { object: { id: intent.id } } })
    const changed = Buffer.concat([second?.body ?? Buffer.alloc(0), Buffer.from(' ')])
    expect(() => stripe.webhooks.constructEvent(changed, signature, secret)).toThrow()
  }
  expect(server.deliveries()).toMatchObject([{ payment: intent.id, attempts: 2, firstSent: 1, acknowledged: 4 }])
})

it('waits for a receiver that is away, and sends to where the control says', async () => {
  const schedule = { delaysMs: [20], afterwards: 'go on', timeoutMs: 1_000 } as const
  const { stripe, server } = await start({ schedule, endpoint: { url: 'http://127.0.0.1:1/', secrets: SECRETS } })
  await stripe.paymentIntents.create(PAY)
  await expect.poll(() => server.deliveries()[0]?.attempts, PATIENT).toBeGreaterThan(1)
  const { url, received } = await receiver()
  const set = (body: unknown) =>
    fetch(`${server.url}/_sandbox/webhooks`, { method: 'POST', body: JSON.stringify(body) })
  expect((await set({ url: 'ftp://x', secrets: SECRETS })).status).toBe(400)
  expect((await set({ url, secrets: [] })).status).toBe(400)
  expect((await set({ url, secrets: SECRETS })).status).toBe(200)
  await expect.poll(() => server.pending(), PATIENT).toBe(0)
  expect(received).toHaveLength(1)
})

it('duplicates on demand', async () => {
  const { url, received } = await receiver()
  const faults = [{ kind: 'duplicate-webhook', next: 1, holdMs: 1 }] as const
  const { stripe, server } = await start({ endpoint: { url, secrets: SECRETS }, faults })
  await stripe.paymentIntents.create(PAY)
  await expect.poll(() => server.pending(), PATIENT).toBe(0)
  expect(received.map(({ body }) => JSON.parse(body.toString()).id)).toEqual(
    [1, 2].map(() => server.deliveries()[0]?.event),
  )
})
