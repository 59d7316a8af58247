// The taste of the API: everything below compiles without one annotation on a callback.
import { z } from 'zod'
import { decimal } from '../../src/core/money.ts'
import { contract, type ValueOf } from '../../src/declare/contract/contract.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { epochSeconds } from '../../src/declare/mapping/codec/epoch.ts'
import { upper } from '../../src/declare/mapping/codec/letter-case.ts'
import { mapping } from '../../src/declare/mapping/mapping.ts'
import { skip } from '../../src/declare/mapping/skipped.ts'
import { required } from '../../src/declare/mapping/word/absence.ts'
import { drop } from '../../src/declare/mapping/word/drop.ts'
import { policy, retry, timeout } from '../../src/declare/policy/policy.ts'
import { saga } from '../../src/declare/saga/saga.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { target } from '../../src/declare/target/target.ts'
import { hubspot, netsuite } from './provider/crm.ts'
import { stripe } from './provider/stripe.ts'

// What the company means by a payment. Any Standard Schema library will do.
export const Payment = contract('payment', {
  version: 1,
  compatibility: 'backward',
  schema: z.strictObject({
    id: z.string(),
    customer: z.string(),
    minor: z.int(), // smallest unit of the currency: cents, yen
    currency: z.string().length(3),
    paidAt: z.iso.datetime(),
  }),
  key: (payment) => payment.id,
})

// In process, around each call; outermost layer first. A policy is a value: name it once, share it.
const careful = policy(retry({ attempts: 3, max: '2s' }), timeout('10s'))

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const crm = hubspot({ token: secret('HUBSPOT_TOKEN'), policy: careful })
const erp = netsuite({ account: '1234567', token: secret('NETSUITE_TOKEN'), policy: careful })

export const recordPayment = saga('record-payment', { input: Payment, deadline: '1h' })
  .step('deal', {
    do: ({ input, ...call }) =>
      crm.deals.upsert(
        {
          by: 'payment_id',
          id: input.id,
          name: `Payment ${input.id}`,
          amount: decimal(input.minor, input.currency),
          stage: 'closedwon',
        },
        call,
      ),
    undo: ({ deal, ...call }) => crm.deals.update({ id: deal.id, stage: 'needs_review' }, call),
  })
  .step('invoice', {
    do: ({ input, deal, ...call }) =>
      erp.invoices.create(
        {
          externalId: input.id,
          customer: input.customer,
          total: decimal(input.minor, input.currency),
          memo: `HubSpot deal ${deal.id}`,
        },
        call,
      ),
    undo: ({ invoice, ...call }) => erp.invoices.void({ id: invoice.id }, call),
  })

/** One row of the mapping document each: target field, source field, how, why. */
export const paymentFromStripe = mapping('payment-from-stripe', {
  from: payments.on('payment_intent.succeeded'),
  to: Payment,
  fields: (intent) => ({
    id: intent.id,
    customer: required(intent.customer, skip('payment without a customer')),
    minor: intent.amount_received, // smallest unit on both sides
    currency: upper(intent.currency),
    paidAt: epochSeconds(intent.created),
  }),
  drops: (intent) => [drop('personal data that nobody downstream needs', intent.receipt_email)],
  examples: './golden/payment-from-stripe',
})

export const stripePayments = flow('stripe-payments', {
  from: payments.on('payment_intent.succeeded'),
  into: Payment,
  map: paymentFromStripe,
  to: recordPayment,
  order: 'by key',
  retry: { attempts: 12, max: '1h' }, // durable: the message waits in the store, not in memory
  slo: { success: 0.999, latency: { under: '30s', objective: 0.99 } },
})

/** Without a mapping, the target takes the event as it is. */
export const refunds = flow('refunds', {
  from: payments.on('charge.refunded'),
  key: (refund) => refund.id,
  to: target('refunded-deal', {
    call: crm.deals.update,
    with: (refund: { readonly id: string }) => ({ id: refund.id, stage: 'refunded' }),
  }),
})

/** With one, a target that ends the flow takes the contract's value; TypeScript wants its type said here. */
export const deals = flow('deals', {
  from: payments.on('payment_intent.succeeded'),
  into: Payment,
  map: paymentFromStripe,
  to: target('deal', {
    call: crm.deals.update,
    with: (payment: ValueOf<typeof Payment>) => ({ id: payment.id, stage: 'closedwon' }),
  }),
})
