import type { SecretRef } from '../../../src/declare/secret/secret.ts'
import { endpoint, type Source, source } from '../../../src/declare/source/source.ts'

export interface PaymentIntent {
  readonly id: string
  readonly amount_received: number
  readonly currency: string
  readonly customer: string | null
  readonly created: number
  readonly receipt_email: string | null
  readonly status: 'succeeded' | 'canceled'
  readonly description?: string
  readonly shipping: { readonly address: { readonly city: string; readonly country: string } } | null
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly note: string | null }[]
  readonly metadata: Readonly<Record<string, string>>
}

interface Events {
  readonly 'payment_intent.succeeded': PaymentIntent
  readonly 'charge.refunded': { readonly id: string }
}

interface Stripe {
  readonly on: <T extends keyof Events>(type: T) => Source<Events[T]>
}

/** A provider as a connector types it: events by their names. */
export function stripe(options: { readonly webhookSecret: SecretRef }): Stripe {
  const from = endpoint({ name: 'stripe', scheme: 'stripe', secret: options.webhookSecret, read: () => [] })
  return { on: (type) => source({ endpoint: from, type }) }
}
