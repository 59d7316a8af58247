import {
  drop,
  epochSeconds,
  fixed,
  flow,
  lower,
  mapping,
  minorUnits,
  normalizer,
  required,
  STRIPE_DIGITS,
  saga,
  skip,
  trim,
  upper,
} from 'tieline'
import { Customer, PaymentChange } from './model.ts'
import { appHook, crm, payments, signUps } from './systems.ts'

export const customerFromSignUp = mapping('customer-from-sign-up', {
  from: signUps,
  to: Customer,
  fields: (signUp) => ({ id: signUp.id, email: lower(trim(signUp.email)), name: trim(signUp.name) }),
})

/** A customer exists with the payments provider and in the CRM. */
export const welcome = saga('welcome', { input: Customer, deadline: '1d' })
  .step('customer', {
    calls: [payments.customers.create],
    do: ({ input, ...call }) =>
      payments.customers.create({ email: input.email, name: input.name, metadata: { signup_id: input.id } }, call),
    irreversible: 'a customer without payments costs nothing',
  })
  .step('contact', {
    calls: [crm.contacts.upsert],
    do: ({ input, customer, ...call }) =>
      crm.contacts.upsert(
        {
          by: 'email',
          id: input.email,
          firstName: input.name,
          properties: { signup_id: input.id, stripe_customer_id: customer.id },
        },
        call,
      ),
    irreversible: 'the contact stays, and is brought up to date by the next event',
  })

export const signUpFlow = flow('sign-ups', {
  from: signUps,
  into: Customer,
  map: customerFromSignUp,
  to: welcome,
  retry: { attempts: 20, base: '200ms', max: '5s' },
})

const paid = payments.on('payment_intent.succeeded')
export const paidFromStripe = mapping('paid-from-stripe', {
  from: paid,
  to: PaymentChange,
  fields: (intent) => ({
    payment: intent.id,
    change: fixed('paid', 'what this event means'),
    amount: minorUnits(intent.amount_received, intent.currency, STRIPE_DIGITS),
    currency: upper(intent.currency),
    at: epochSeconds(intent.created),
  }),
  drops: (intent) => [drop('personal data that nobody downstream needs', intent.receipt_email)],
})

const refunded = payments.on('charge.refunded')
export const refundedFromStripe = mapping('refunded-from-stripe', {
  from: refunded,
  to: PaymentChange,
  fields: (charge) => ({
    payment: required(charge.payment_intent, skip('a charge without a payment intent')),
    change: fixed('refunded', 'what this event means'),
    amount: minorUnits(charge.amount_refunded, charge.currency, STRIPE_DIGITS),
    currency: upper(charge.currency),
    at: epochSeconds(charge.created),
  }),
})

/**
 * The CRM shows the payment as a deal, and the app knows. Stripe promises no order: a refund may come before its payment. One payment is
 * one lane, so nobody else touches its deal between looking and writing.
 */
export const record = saga('record', { input: PaymentChange, deadline: '1d' })
  .step('known', {
    calls: [crm.deals.find],
    do: async ({ input, ...call }) => {
      const deal = await crm.deals.find({ by: 'payment_id', id: input.payment, properties: ['dealstage'] }, call)
      return { refunded: deal?.properties['dealstage'] === 'refunded' }
    },
    irreversible: 'it only reads',
  })
  .step('deal', {
    calls: [crm.deals.upsert],
    when: ({ input, known }) => input.change === 'refunded' || !known.refunded,
    do: ({ input, ...call }) =>
      crm.deals.upsert(
        {
          by: 'payment_id',
          id: input.payment,
          name: `Payment ${input.payment}`,
          amount: input.amount,
          stage: input.change === 'paid' ? 'closedwon' : 'refunded',
        },
        call,
      ),
    irreversible: 'the next change of the payment brings the deal up to date',
  })
  .step('app', {
    calls: [appHook.send],
    do: ({ input, ...call }) =>
      appHook.send(
        {
          type: input.change === 'paid' ? 'payment.recorded' : 'payment.refunded',
          data: { payment_id: input.payment, amount: input.amount, currency: input.currency },
        },
        call,
      ),
    irreversible: 'what was told cannot be untold',
  })

export const paymentFlow = normalizer('payments', {
  into: PaymentChange,
  map: [paidFromStripe, refundedFromStripe],
  to: record,
  retry: { attempts: 20, base: '200ms', max: '5s' },
  slo: { success: 0.999, latency: { under: '30s', objective: 0.99 } },
})
