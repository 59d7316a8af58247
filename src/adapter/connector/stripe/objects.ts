/**
 * Stripe's objects as its events and answers have them: the fields that integrations use, with the nullability of the API version
 * that this connector pins. References are ids: nothing is expanded. Source: https://docs.stripe.com/api.
 */

export type Metadata = Readonly<Record<string, string>>

export interface Address {
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly state: string | null
  readonly postal_code: string | null
  readonly country: string | null
}

export interface PaymentIntent {
  readonly id: string
  readonly object: 'payment_intent'
  /** Smallest unit of the currency: cents, yen. */
  readonly amount: number
  readonly amount_capturable: number
  readonly amount_received: number
  readonly canceled_at: number | null
  readonly cancellation_reason: string | null
  readonly capture_method: string
  /** Seconds since 1970. */
  readonly created: number
  /** Lower case. */
  readonly currency: string
  readonly customer: string | null
  readonly description: string | null
  readonly last_payment_error: PaymentError | null
  readonly latest_charge: string | null
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly payment_method: string | null
  readonly payment_method_types: readonly string[]
  readonly receipt_email: string | null
  readonly statement_descriptor: string | null
  readonly status: string
  readonly transfer_group: string | null
}

export interface PaymentError {
  readonly type: string
  readonly code?: string
  readonly decline_code?: string
  readonly message?: string
}

export interface Charge {
  readonly id: string
  readonly object: 'charge'
  readonly amount: number
  readonly amount_captured: number
  readonly amount_refunded: number
  readonly balance_transaction: string | null
  readonly billing_details: {
    readonly address: Address | null
    readonly email: string | null
    readonly name: string | null
    readonly phone: string | null
  }
  readonly captured: boolean
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly description: string | null
  readonly disputed: boolean
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly paid: boolean
  readonly payment_intent: string | null
  readonly payment_method: string | null
  readonly receipt_email: string | null
  readonly receipt_url: string | null
  /** Whole amount refunded. */
  readonly refunded: boolean
  readonly status: string
}

export interface Customer {
  readonly id: string
  readonly object: 'customer'
  readonly address?: Address | null
  readonly balance: number
  readonly created: number
  readonly currency?: string | null
  readonly delinquent?: boolean | null
  readonly description: string | null
  readonly email: string | null
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly name?: string | null
  readonly phone?: string | null
  readonly preferred_locales?: readonly string[] | null
}

export interface DeletedCustomer {
  readonly id: string
  readonly object: 'customer'
  readonly deleted: true
}

export interface CheckoutSession {
  readonly id: string
  readonly object: 'checkout.session'
  readonly amount_subtotal: number | null
  readonly amount_total: number | null
  readonly client_reference_id: string | null
  readonly created: number
  readonly currency: string | null
  readonly customer: string | null
  readonly customer_details: {
    readonly address: Address | null
    readonly email: string | null
    readonly name: string | null
    readonly phone: string | null
  } | null
  readonly customer_email: string | null
  readonly expires_at: number
  readonly invoice: string | null
  readonly livemode: boolean
  readonly metadata: Metadata | null
  readonly mode: string
  readonly payment_intent: string | null
  readonly payment_link: string | null
  readonly payment_status: string
  readonly status: string | null
  readonly subscription: string | null
}

export interface Invoice {
  readonly id: string
  readonly object: 'invoice'
  readonly amount_due: number
  readonly amount_paid: number
  readonly amount_remaining: number
  readonly attempt_count: number
  readonly billing_reason: string | null
  readonly collection_method: string
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly customer_email: string | null
  readonly customer_name: string | null
  readonly description: string | null
  readonly due_date: number | null
  readonly hosted_invoice_url?: string | null
  readonly invoice_pdf?: string | null
  readonly livemode: boolean
  readonly metadata: Metadata | null
  readonly next_payment_attempt: number | null
  readonly number: string | null
  readonly period_end: number
  readonly period_start: number
  readonly status: string | null
  readonly subtotal: number
  readonly total: number
}

export interface Refund {
  readonly id: string
  readonly object: 'refund'
  readonly amount: number
  readonly balance_transaction: string | null
  readonly charge: string | null
  readonly created: number
  readonly currency: string
  readonly failure_reason?: string
  readonly metadata: Metadata | null
  readonly payment_intent: string | null
  readonly reason: string | null
  readonly status: string | null
}
