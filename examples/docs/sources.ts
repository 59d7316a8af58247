import { cloudEvents, flow, type Source, secret, target, tieline } from 'tieline'
import { github } from 'tieline/github'
import { http } from 'tieline/http'
import { hubspot } from 'tieline/hubspot'
import { shopify } from 'tieline/shopify'
import { stripe } from 'tieline/stripe'
import { standardWebhooks } from 'tieline/webhook'
import { Order } from './contracts.ts'

// #region stripe
const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const paid = payments.on('payment_intent.succeeded') // the event's data.object, typed
const disputed = payments.other('charge.dispute.created') // a type that `on` does not know: the whole event
const anything = payments.any() // every type: whole events
// #endregion

// #region standard
const partner = standardWebhooks({ name: 'partner', secret: secret('PARTNER_SECRET') })
const placed = partner.on('order.placed', Order) // the whole payload, held against a contract
// #endregion

// #region hubspot
const crm = hubspot({ webhookSecret: secret('HUBSPOT_CLIENT_SECRET'), publicUrl: 'https://hooks.example.com' })
const changed = crm.on('contact.propertyChange')
// #endregion

// #region shopify
const shop = shopify({ webhookSecret: secret('SHOPIFY_CLIENT_SECRET') })
const ordered = shop.on('orders/paid')
// #endregion

// #region github
const code = github({ webhookSecret: secret('GITHUB_SECRET'), maxBytes: 26_214_400 })
const released = code.on('release.published')
// #endregion

// #region cloudevents
const events = cloudEvents({ token: secret('EVENTS_TOKEN') })
const signedUp = events.on('customer.signed-up', Order)
// #endregion

const sink = http('sink', { baseUrl: 'https://sink.example.com' })

function forward<E>(name: string, from: Source<E>) {
  const call = sink.post(`/${name}`, { name })
  return flow(name, { from, to: target(name, { call, with: (event: E) => event }) })
}

export default tieline({
  flows: [
    forward('paid', paid),
    forward('disputed', disputed),
    forward('anything', anything),
    forward('placed', placed),
    forward('changed', changed),
    forward('ordered', ordered),
    forward('released', released),
    forward('signed-up', signedUp),
  ],
})
