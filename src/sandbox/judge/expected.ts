/** The two things that happen to a payment, by the event that tells of them. */
export type PaymentEvent = 'payment_intent.succeeded' | 'charge.refunded'

/** How what was sent shows in each system; a part set to undefined is not judged. */
export interface Expected {
  /** At the payments provider: the metadata that holds the signup's id. */
  readonly customers: { readonly metadata: string } | undefined
  /** In the CRM: the contact property that holds the signup's e-mail or id. */
  readonly contacts: { readonly property: string; readonly holds: 'email' | 'id' } | undefined
  /** In the CRM: the deal property that holds the payment's id, and the one that tells how far the payment is. */
  readonly deals:
    | { readonly property: string; readonly mark: string; readonly marks: Readonly<Record<PaymentEvent, string>> }
    | undefined
  /** In the app's ledger: the field of `data` that holds the payment's id, and the types of its webhooks. */
  readonly app: { readonly field: string; readonly types: Readonly<Record<PaymentEvent, string>> } | undefined
}

export const EXPECTED: Expected = Object.freeze<Expected>({
  customers: { metadata: 'signup_id' },
  contacts: { property: 'email', holds: 'email' },
  deals: {
    property: 'payment_id',
    mark: 'dealstage',
    marks: { 'payment_intent.succeeded': 'closedwon', 'charge.refunded': 'refunded' },
  },
  app: {
    field: 'payment_id',
    types: { 'payment_intent.succeeded': 'payment.recorded', 'charge.refunded': 'payment.refunded' },
  },
})
