import type { DeliveryRecord } from '../payments/emitter.ts'
import type { PaymentEvent } from './expected.ts'

/**
 * In which order a payment's two events were taken over. `paid first` only when the first was acknowledged before the second was
 * sent at all; anything else leaves the order open, for an attempt without an answer may have been accepted.
 */
export type Order = 'paid first' | 'open'

export interface Acceptance {
  order(payment: string): Order
  /** Whether the sender ever got a 2xx for it; an event that was never sent counts as acknowledged. */
  acknowledged(payment: string, type: PaymentEvent): boolean
}

export function acceptanceOf(deliveries: readonly DeliveryRecord[]): Acceptance {
  const records = new Map<string, DeliveryRecord>()
  for (const record of deliveries) {
    const name = `${record.payment} ${record.type}`
    if (!records.has(name)) records.set(name, record)
  }
  return {
    order: (payment) => {
      const paid = records.get(`${payment} payment_intent.succeeded`)
      const refunded = records.get(`${payment} charge.refunded`)
      if (!paid || !refunded) return 'paid first' // nothing is known of webhooks: as it happened
      const [taken, sent] = [paid.acknowledged, refunded.firstSent]
      return taken !== null && sent !== null && taken < sent ? 'paid first' : 'open'
    },
    acknowledged: (payment, type) => {
      const record = records.get(`${payment} ${type}`)
      return record === undefined || record.acknowledged !== null
    },
  }
}

export const because = (acknowledged: boolean): string => (acknowledged ? '' : ' (its webhook was never acknowledged)')
