import type { Metadata } from './parameter.ts'

/** The version whose shapes this model speaks when a request names none: the one of stripe-node 23.1. */
export const API_VERSION = '2026-10-28.endive'

// The objects carry every field that the API reference marks as always present; what the model does not act on is null, as with a plain account.

export interface Customer {
  readonly id: string
  readonly object: 'customer'
  readonly created: number
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly [field: string]: unknown
}

export type IntentStatus = 'requires_payment_method' | 'requires_confirmation' | 'succeeded' | 'canceled'

export interface PaymentIntent {
  readonly id: string
  readonly object: 'payment_intent'
  readonly created: number
  readonly amount: number
  readonly amount_received: number
  readonly currency: string
  readonly customer: string | null
  readonly description: string | null
  readonly latest_charge: string | null
  readonly last_payment_error: unknown
  readonly metadata: Metadata
  readonly payment_method: string | null
  readonly receipt_email: string | null
  readonly status: IntentStatus
  readonly [field: string]: unknown
}

export interface Charge {
  readonly id: string
  readonly object: 'charge'
  readonly created: number
  readonly amount: number
  readonly amount_refunded: number
  readonly currency: string
  readonly customer: string | null
  readonly metadata: Metadata
  readonly paid: boolean
  readonly payment_intent: string
  readonly refunded: boolean
  readonly status: 'succeeded' | 'failed'
  readonly [field: string]: unknown
}

export interface Refund {
  readonly id: string
  readonly object: 'refund'
  readonly created: number
  readonly amount: number
  readonly charge: string
  readonly currency: string
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string | null
  readonly status: 'succeeded'
  readonly [field: string]: unknown
}

export interface StripeEvent {
  readonly id: string
  readonly object: 'event'
  readonly api_version: string
  readonly created: number
  readonly data: { readonly object: StripeObject; readonly previous_attributes?: Readonly<Record<string, unknown>> }
  readonly livemode: false
  readonly pending_webhooks: number
  readonly request: { readonly id: string; readonly idempotency_key: string | null }
  readonly type: string
}

export type StripeObject = Customer | PaymentIntent | Charge | Refund

/** The payment that an event is about, where it is about one. */
export function paymentOf(event: StripeEvent): string | undefined {
  const { object } = event.data
  if (object.object === 'payment_intent') return object.id
  return object.object === 'customer' ? undefined : (object as Charge | Refund).payment_intent
}
