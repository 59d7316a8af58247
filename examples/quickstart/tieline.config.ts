// #region integration
import { contract, decimal, epochSeconds, flow, mapping, required, secret, skip, target, tieline, upper } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { stripe } from 'tieline/stripe'
import { z } from 'zod'

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const crm = hubspot({ token: secret('HUBSPOT_TOKEN') })

const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    customer: z.string(),
    minor: z.int(),
    currency: z.string(),
    paidAt: z.string(),
  }),
  key: (payment) => payment.customer, // payments of one customer stay in order
})

const paymentFromStripe = mapping('payment-from-stripe', {
  from: payments.on('payment_intent.succeeded'),
  to: Payment,
  fields: (intent) => ({
    id: intent.id,
    customer: required(intent.customer, skip('a payment without a customer')),
    minor: intent.amount_received,
    currency: upper(intent.currency),
    paidAt: epochSeconds(intent.created),
  }),
})

const paymentToCrm = flow('payment-to-crm', {
  from: payments.on('payment_intent.succeeded'),
  into: Payment,
  map: paymentFromStripe,
  to: target('deal', {
    input: Payment,
    call: crm.deals.upsert,
    with: (payment) => ({
      by: 'payment_id',
      id: payment.id,
      name: `Payment ${payment.id}`,
      amount: decimal(payment.minor, payment.currency),
      stage: 'closedwon',
    }),
  }),
})

export default tieline({ flows: [paymentToCrm] })
// #endregion
