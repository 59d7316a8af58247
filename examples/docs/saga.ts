import { contract, flow, mapping, required, saga, secret, skip, tieline, upper } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { stripe } from 'tieline/stripe'
import { webhook } from 'tieline/webhook'
import { z } from 'zod'

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET'), apiKey: secret('STRIPE_API_KEY') })
const crm = hubspot({ token: secret('HUBSPOT_TOKEN') })
const app = webhook('app', { url: 'https://app.example.com/hooks', secret: secret('APP_HOOKS') })

const Checkout = contract('checkout', {
  version: 1,
  schema: z.strictObject({ id: z.string(), customer: z.string(), minor: z.int(), currency: z.string() }),
  key: (checkout) => checkout.customer,
})

// #region saga
const fulfil = saga('fulfil', { input: Checkout, deadline: '1d' })
  .step('charge', {
    calls: [payments.paymentIntents.create, payments.refunds.create],
    do: ({ input, ...call }) =>
      payments.paymentIntents.create(
        { amount: input.minor, currency: input.currency.toLowerCase(), customer: input.customer, confirm: true },
        call,
      ),
    undo: ({ charge, ...call }) => payments.refunds.create({ payment_intent: charge.id }, call),
  })
  .step('deal', {
    calls: [crm.deals.upsert],
    when: ({ input }) => input.minor >= 10_000,
    do: ({ input, charge, ...call }) =>
      crm.deals.upsert({ by: 'payment_id', id: charge.id, name: `Checkout ${input.id}`, stage: 'closedwon' }, call),
    undo: ({ charge, ...call }) => crm.deals.upsert({ by: 'payment_id', id: charge.id, stage: 'closedlost' }, call),
  })
  .step('tell', {
    calls: [app.send],
    do: ({ input, charge, ...call }) =>
      app.send({ type: 'checkout.fulfilled', data: { id: input.id, payment: charge.id } }, call),
    irreversible: 'what was told cannot be untold; it is the last step',
  })
// #endregion

const fromStripe = mapping('checkout-from-stripe', {
  from: payments.on('checkout.session.completed'),
  to: Checkout,
  fields: (session) => ({
    id: session.id,
    customer: required(session.customer, skip('a checkout without a customer')),
    minor: required(session.amount_total, skip('a checkout without an amount')),
    currency: upper(required(session.currency)),
  }),
})

// #region flow
export default tieline({
  flows: [
    flow('checkouts', {
      from: payments.on('checkout.session.completed'),
      into: Checkout,
      map: fromStripe,
      to: fulfil,
      retry: { attempts: 20, base: '1s', max: '10m' },
    }),
  ],
})
// #endregion
