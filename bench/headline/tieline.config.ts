// What is killed and started again, by `tieline start`: Stripe payments, mapped to a canonical model, each a deal at the provider.
import {
  at,
  contract,
  flow,
  mapping,
  minorUnits,
  optional,
  STRIPE_DIGITS,
  secret,
  target,
  text,
  tieline,
  upper,
} from 'tieline'
import { http } from 'tieline/http'
import { stripe } from 'tieline/stripe'
import { z } from 'zod'

const Deal = contract('deal', {
  version: 1,
  schema: z.strictObject({
    dealname: z.string(),
    amount: z.string(),
    currency: z.string().length(3),
    customer: z.string().nullable(),
    due_ms: z.string().optional(), // when the sender first wanted to send it: only this benchmark has it
  }),
  key: (deal) => deal.customer ?? deal.dealname,
})

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const paid = payments.on('payment_intent.succeeded')
const crm = http('crm', { baseUrl: process.env['SINK_URL'] ?? '', allow: ['127.0.0.1'] })

const dealFromStripe = mapping('deal-from-stripe', {
  from: paid,
  to: Deal,
  fields: (intent) => ({
    dealname: text`Payment ${intent.id}`,
    amount: minorUnits(intent.amount_received, intent.currency, STRIPE_DIGITS),
    currency: upper(intent.currency),
    customer: intent.customer,
    due_ms: optional(at(intent.metadata, 'due_ms')),
  }),
})

export default tieline({
  flows: [
    flow('deals', {
      from: paid,
      into: Deal,
      map: dealFromStripe,
      to: target('deal', { input: Deal, call: crm.post('/deals', { name: 'deals.create' }), with: (deal) => deal }),
      retry: { attempts: 20, base: '100ms', max: '5s' },
    }),
  ],
})
