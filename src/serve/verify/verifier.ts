import type { Scheme } from '../../declare/source/source.ts'
import { verifyBearer } from './bearer.ts'
import { verifyGithub } from './github.ts'
import { verifyHubspot } from './hubspot-v3.ts'
import { verifyShopify } from './shopify.ts'
import { createStandardVerifier } from './standard-webhooks.ts'
import { verifyStripe } from './stripe.ts'
import type { Verify } from './verdict.ts'

/** The verifier of a scheme. */
export function verifierOf(scheme: Scheme): Verify {
  switch (scheme) {
    case 'stripe':
      return verifyStripe
    case 'standard-webhooks':
      return createStandardVerifier()
    case 'hubspot-v3':
      return verifyHubspot
    case 'shopify':
      return verifyShopify
    case 'github':
      return verifyGithub
    case 'cloudevents':
      return verifyBearer
    case 'outbox':
      return () => 'mismatch' // published in the store's own database; whoever sends one over HTTP is not genuine
  }
}

/** The headers that a scheme reads. Sent twice, they could mean one thing here and another at a proxy. */
export const SIGNED_HEADERS: readonly string[] = Object.freeze([
  'authorization',
  'stripe-signature',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
  'x-github-delivery',
  'x-github-event',
  'x-hub-signature-256',
  'x-hubspot-request-timestamp',
  'x-hubspot-signature-v3',
  'x-shopify-event-id',
  'x-shopify-hmac-sha256',
  'x-shopify-shop-domain',
  'x-shopify-topic',
  'x-shopify-webhook-id',
])
