import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RateSpec } from '../../../declare/source/rate.ts'
import { type Endpoint, endpoint, type Source, source } from '../../../declare/source/source.ts'
import { type Calling, connector } from '../http/connector.ts'
import { objectOfEvent, readStripeEvent, STRIPE_EVENT, type StripeEvent, type StripeEvents } from './event.ts'
import { STRIPE_FAULTS } from './faults.ts'
import { type StripeOperations, stripeOperations } from './operations.ts'
import { stripeQuota } from './quota.ts'

interface Named {
  /** Path `/in/<name>` of its events, and the connector's name. Default `stripe`. */
  readonly name?: string
}

/** To receive events. */
export interface StripeReceiving extends Named {
  /** `whsec_…` of the event destination; while rotating, its two newest values are both good. */
  readonly webhookSecret: SecretRef
  /** Older and younger signatures are refused. Milliseconds. Default 300 000. */
  readonly toleranceMs?: number
  /** Larger bodies are answered 413. Bytes. Default 1 MiB. */
  readonly maxBytes?: number
  /** More is answered 429: `{ limit: 200, per: '1s' }`. Default: as much as the store takes. */
  readonly rate?: RateSpec
}

/** To call the API. */
export interface StripeCalling extends Named, Calling {
  /** `sk_…` or `rk_…`. */
  readonly apiKey: SecretRef
  /** Default `https://api.stripe.com`. */
  readonly baseUrl?: string
}

export interface StripeSources {
  readonly endpoint: Endpoint
  /** The object of each event of this type. */
  on<T extends keyof StripeEvents>(type: T): Source<StripeEvents[T]>
  /** Whole events of a type that `on` does not know yet. */
  other(type: string): Source<StripeEvent>
  /** Whole events of every type. */
  any(): Source<StripeEvent>
}

/**
 * Stripe: its events with `webhookSecret`, its API with `apiKey`.
 * `const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') }); payments.on('payment_intent.succeeded')`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function stripe(options: StripeReceiving & StripeCalling): StripeSources & StripeOperations
export function stripe(options: StripeReceiving): StripeSources
export function stripe(options: StripeCalling): StripeOperations
export function stripe(options: Partial<StripeReceiving & StripeCalling>): Partial<StripeSources & StripeOperations> {
  const { name = 'stripe', webhookSecret, apiKey, baseUrl = 'https://api.stripe.com' } = options
  const calling = {
    ...options,
    name,
    baseUrl,
    secrets: apiKey === undefined ? [] : [apiKey.secret],
    faults: STRIPE_FAULTS,
    quota: options.quota ?? stripeQuota,
  }
  return Object.freeze({
    ...(webhookSecret === undefined ? undefined : sources(name, webhookSecret, options)),
    ...(apiKey === undefined ? undefined : stripeOperations(connector(calling), apiKey)),
  })
}

function sources(name: string, secret: SecretRef, options: Partial<StripeReceiving>): StripeSources {
  const { toleranceMs, maxBytes, rate } = options
  const from = endpoint({
    name,
    scheme: 'stripe',
    secret,
    read: readStripeEvent,
    rate,
    envelope: STRIPE_EVENT,
    ...(toleranceMs === undefined ? undefined : { toleranceMs }),
    ...(maxBytes === undefined ? undefined : { maxBytes }),
  })
  return {
    endpoint: from,
    on: (type) => source({ endpoint: from, type, body: objectOfEvent }),
    other: (type) => source({ endpoint: from, type }),
    any: () => source({ endpoint: from, type: '*' }),
  }
}
