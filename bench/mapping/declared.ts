// Declared: the example's own mapping and a wide one with many kinds of words. Compiled, and called as the engine calls them.
import {
  at,
  contract,
  epochSeconds,
  fallback,
  fixed,
  is,
  lower,
  mapping,
  minorUnits,
  optional,
  present,
  STRIPE_DIGITS,
  text,
  trim,
  upper,
  when,
} from 'tieline'
import { type PaymentIntent, stripe } from 'tieline/stripe'
import { z } from 'zod'
import { paidFromStripe } from '../../examples/payments-crm/flows.ts'

const Deal = contract('deal', {
  version: 1,
  schema: z.strictObject({
    payment: z.string(),
    name: z.string(),
    amount: z.string(),
    currency: z.string(),
    closedAt: z.string(),
    cancelledAt: z.string().nullable(),
    capture: z.enum(['now', 'later']),
    description: z.string(),
    channel: z.string(),
    statement: z.string(),
    method: z.string().nullable(),
    methods: z.array(z.string()),
    firstMethod: z.string().optional(),
    charge: z.string().nullable(),
    known: z.boolean(),
    mode: z.enum(['live', 'test']),
    origin: z.literal('stripe'),
    customer: z.string().optional(),
    email: z.string().optional(),
    order: z.string().optional(),
    campaign: z.string().optional(),
  }),
  key: (deal) => deal.payment,
})

const payments = stripe({ webhookSecret: { kind: 'secret', secret: 'NEVER_READ_HERE' } })
const dealFromStripe = mapping('deal-from-stripe', {
  from: payments.on('payment_intent.succeeded'),
  to: Deal,
  fields: (intent) => ({
    payment: intent.id,
    name: text`Payment ${intent.id}`,
    amount: minorUnits(intent.amount_received, intent.currency, STRIPE_DIGITS),
    currency: upper(intent.currency),
    closedAt: epochSeconds(intent.created),
    cancelledAt: epochSeconds(intent.canceled_at),
    capture: when(is(intent.capture_method, 'manual'), 'later', 'now'),
    description: fallback(intent.description, 'none', 'the CRM wants a text'),
    channel: fallback(at(intent.metadata, 'channel'), 'shop', 'old payments name no channel'),
    statement: fallback(intent.statement_descriptor, 'EXAMPLE', 'the default of the account'),
    method: intent.payment_method,
    methods: intent.payment_method_types.each((method) => upper(method)),
    firstMethod: optional(at(intent.payment_method_types, 0)),
    charge: intent.latest_charge,
    known: present(intent.customer),
    mode: when(is(intent.livemode, true), 'live', 'test'),
    origin: fixed('stripe', 'this mapping reads nothing else'),
    customer: optional(intent.customer),
    email: optional(lower(trim(intent.receipt_email))),
    order: optional(at(intent.metadata, 'order_id')),
    campaign: optional(at(intent.metadata, 'campaign')),
  }),
})

paidFromStripe.prepare()
dealFromStripe.prepare()
export const payment = (intent: PaymentIntent): unknown => paidFromStripe.run(intent)
export const deal = (intent: PaymentIntent): unknown => dealFromStripe.run(intent)
