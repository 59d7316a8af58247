import { cloudEvents, policy, retry, secret, timeout } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { stripe } from 'tieline/stripe'
import { webhook } from 'tieline/webhook'
import { SignUp } from './model.ts'

const { env } = process
// The sandbox listens on this machine; a real provider's address needs no permission.
const allow = ['127.0.0.1']
const careful = policy(retry({ attempts: 2, max: '1s' }), timeout('5s'))

/** The company's app publishes events here … */
export const app = cloudEvents({ name: 'app' })
/** … and is told what happened by signed webhooks. */
export const appHook = webhook('app', {
  url: env['APP_WEBHOOK_URL'] ?? 'http://127.0.0.1:4403/webhooks',
  secret: secret('APP_WEBHOOK_SECRET'),
  policy: careful,
  allow,
})

export const payments = stripe({
  webhookSecret: secret('STRIPE_WEBHOOK_SECRET'),
  apiKey: secret('STRIPE_API_KEY'),
  baseUrl: env['STRIPE_URL'] ?? 'http://127.0.0.1:4401',
  policy: careful,
  allow,
})

export const crm = hubspot({
  token: secret('HUBSPOT_TOKEN'),
  baseUrl: env['HUBSPOT_URL'] ?? 'http://127.0.0.1:4402',
  policy: careful,
  allow,
})

export const signUps = app.on('customer.signed-up', SignUp)
