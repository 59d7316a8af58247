// #region integration
import { decimal, flow, secret, target, tieline } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { type PaymentIntent, stripe } from 'tieline/stripe'

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const crm = hubspot({ token: secret('HUBSPOT_TOKEN') })

const paymentToDeal = flow('payment-to-deal', {
  from: payments.on('payment_intent.succeeded'),
  key: (intent) => intent.customer ?? intent.id, // payments of one customer stay in order
  to: target('deal', {
    call: crm.deals.upsert,
    with: ({ id, amount_received, currency }: PaymentIntent) => {
      const amount = decimal(amount_received, currency.toUpperCase())
      return { by: 'payment_id', id, name: `Payment ${id}`, amount, stage: 'closedwon' }
    },
  }),
})

export default tieline({ flows: [paymentToDeal] })
// #endregion
