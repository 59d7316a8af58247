import type { AppEntry } from '../app/app.ts'
import { type Acceptance, because } from './acceptance.ts'
import type { Expected, PaymentEvent } from './expected.ts'
import type { Findings, SentPayment } from './sent.ts'

/**
 * The app was told of each payment and each refund, once. It drops a `webhook-id` that it knows, so two entries for one business event mean
 * that the sender gave it two ids.
 */
export function judgeApp(
  found: Findings,
  payments: readonly SentPayment[],
  entries: readonly AppEntry[],
  acceptance: Acceptance,
  expected: NonNullable<Expected['app']>,
): void {
  const told = new Map<string, AppEntry[]>()
  for (const entry of entries) {
    const name = `${entry.type} ${String(entry.data[expected.field])}`
    const list = told.get(name)
    if (list) list.push(entry)
    else told.set(name, [entry])
  }
  const entryOf = (id: string, event: PaymentEvent): AppEntry | undefined => {
    const list = told.get(`${expected.types[event]} ${id}`) ?? []
    const ids = list.map(({ webhookId }) => webhookId).slice(0, 5)
    if (list.length > 1) {
      found.doubled.push(
        `payment ${id}: the app was told ${expected.types[event]} ${list.length} times (${ids.join(', ')})`,
      )
    }
    if (list.length === 0) {
      const note = because(acceptance.acknowledged(id, event))
      found.lost.push(`payment ${id}: the app was never told ${expected.types[event]}${note}`)
    }
    return list[0]
  }
  for (const { id, refunded } of payments) {
    const paid = entryOf(id, 'payment_intent.succeeded')
    const back = refunded ? entryOf(id, 'charge.refunded') : undefined
    if (paid && back && back.seq < paid.seq) {
      const list = acceptance.order(id) === 'paid first' ? found.outOfOrder : found.stale
      list.push(`payment ${id}: the app was told of the refund before the payment`)
    }
  }
}
