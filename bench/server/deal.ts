/** What the flow of `tieline.ts` makes of a payment, for the peers that map by hand. */
export interface Intent {
  readonly id: string
  readonly amount_received: number
  readonly currency: string
  readonly customer: string | null
  readonly created: number
  readonly metadata: Readonly<Record<string, string>>
}

export const dealOf = (intent: Intent) => ({
  dealname: `Payment ${intent.id}`,
  amount: intent.amount_received / 100,
  currency: intent.currency.toUpperCase(),
  customer: intent.customer,
  closedate: intent.created * 1000, // HubSpot takes milliseconds
  due_ms: intent.metadata['due_ms'], // of the headline only: JSON leaves it out elsewhere
})
