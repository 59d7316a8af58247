import type { Payments, StripeEvent } from 'tieline/sandbox'
import type { Send, Stage } from 'tieline/testing'
import { signStripe } from '../../../../src/adapter/signature/stripe.ts'
import { idSource, type SentPayment, type SentSignup } from '../../../../src/sandbox/index.ts'
import { STRIPE_SECRET } from './payments-crm.ts'

/** What happens in the world: people sign up, pay, and are refunded. */
export function traffic(
  stage: Stage,
  provider: Payments,
): { readonly sends: readonly Send[]; readonly sent: { signups: SentSignup[]; payments: SentPayment[] } } {
  const sends: Send[] = []
  const sent = { signups: [] as SentSignup[], payments: [] as SentPayment[] }
  const nextId = idSource(stage.random)
  const make = (path: string, fields: Readonly<Record<string, string>>): string => {
    const body = Buffer.from(new URLSearchParams(fields).toString())
    const headers = {
      authorization: 'Bearer sk_test_traffic',
      'content-type': 'application/x-www-form-urlencoded',
    }
    const request = { method: 'POST', path, query: '', headers, body }
    const answer = provider.handle(request, { nowMs: stage.startMs, nextId })
    for (const event of provider.takeEvents()) {
      if (event.type === 'payment_intent.succeeded' || event.type === 'charge.refunded') {
        sends.push(webhook(event, sends.length * 300))
      }
    }
    return (JSON.parse(answer.body) as { readonly id: string }).id
  }

  const customer = make('/v1/customers', { name: 'Payer' })
  const count = 1 + Math.floor(stage.random() * 3)
  for (let i = 0; i < count; i++) {
    const signup = { id: `signup-${i}`, email: `${i}@customers.example` }
    sent.signups.push(signup)
    sends.push(published(signup, sends.length * 300))
    const payment = make('/v1/payment_intents', {
      amount: String(100 + i),
      confirm: 'true',
      currency: 'eur',
      customer,
      payment_method: 'pm_card_visa',
    })
    const refunded = stage.random() < 0.5
    if (refunded) make('/v1/refunds', { payment_intent: payment })
    sent.payments.push({ id: payment, refunded })
  }
  return { sends, sent }
}

function webhook(event: StripeEvent, atMs: number): Send {
  const body = Buffer.from(JSON.stringify(event))
  return {
    source: 'stripe',
    name: `${event.id} ${event.type}`,
    atMs,
    request: (nowMs) => ({
      headers: {
        'content-type': 'application/json',
        'stripe-signature': signStripe(STRIPE_SECRET, Math.floor(nowMs / 1_000), body),
      },
      body,
    }),
  }
}

function published(signup: SentSignup, atMs: number): Send {
  const body = Buffer.from(JSON.stringify({ ...signup, name: `Customer ${signup.id}` }))
  const headers = {
    'content-type': 'application/json',
    'ce-id': `evt-${signup.id}`,
    'ce-source': 'https://app.example/signups',
    'ce-specversion': '1.0',
    'ce-subject': signup.id,
    'ce-type': 'customer.signed-up',
  }
  return { source: 'app', name: signup.id, atMs, request: () => ({ headers, body }) }
}
