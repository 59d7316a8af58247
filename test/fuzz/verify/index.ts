import { verifierOf } from '../../../src/serve/verify/verifier.ts'
import type { AnyTarget } from '../target.ts'
import { bearer } from './bearer.ts'
import { mac } from './hmac.ts'
import { hubspot } from './hubspot.ts'
import { github, shopify } from './over-body.ts'
import { standardWebhooks } from './standard-webhooks.ts'
import { stripe } from './stripe.ts'
import { verifier } from './target.ts'

export const VERIFIERS: readonly AnyTarget[] = [
  mac,
  verifier(stripe, verifierOf('stripe')),
  verifier(standardWebhooks, verifierOf('standard-webhooks')),
  verifier(hubspot, verifierOf('hubspot-v3')),
  verifier(shopify, verifierOf('shopify')),
  verifier(github, verifierOf('github')),
  verifier(bearer, verifierOf('cloudevents')),
]
