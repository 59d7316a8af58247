// #region systems
import { contract, decimal, epochSeconds, flow, mapping, required, secret, skip, target, tieline, upper } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { stripe } from 'tieline/stripe'
import { z } from 'zod'

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })

const crm = hubspot({
  token: secret('HUBSPOT_TOKEN'),
  baseUrl: process.env['SANDBOX_CRM_URL'] ?? 'https://api.hubapi.com',
  allow: ['127.0.0.1'], // where the sandbox listens; without this line a private address is refused
})
// #endregion

// #region contract
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
// #endregion

// #region mapping
const paid = payments.on('payment_intent.succeeded')

const paymentFromStripe = mapping('payment-from-stripe', {
  from: paid,
  to: Payment,
  fields: (intent) => ({
    id: intent.id,
    customer: required(intent.customer, skip('a payment without a customer')),
    minor: intent.amount_received,
    currency: upper(intent.currency),
    paidAt: epochSeconds(intent.created),
  }),
})
// #endregion

// #region flow
const paymentToCrm = flow('payment-to-crm', {
  from: paid,
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
  retry: { attempts: 3, base: '2s', max: '10s' }, // small, so that you see a dead letter soon; the default is 12 attempts
})

export default tieline({ flows: [paymentToCrm] })
// #endregion
