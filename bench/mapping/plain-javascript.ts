// The same by hand and nothing but JavaScript, as people write it: no helper of ours.
import type { Intent } from './events.ts'

const DIGITS: Readonly<Record<string, number>> = { eur: 2, usd: 2, gbp: 2, jpy: 0, kwd: 3 }

function amountOf({ amount_received: amount, currency }: Intent): string {
  const digits = DIGITS[currency]
  if (digits === undefined) throw new Error(`unknown currency ${currency}`)
  if (!Number.isSafeInteger(amount)) throw new Error('the amount is no whole number')
  return (amount / 10 ** digits).toFixed(digits)
}

export const payment = (intent: Intent): unknown => ({
  payment: intent.id,
  change: 'paid',
  amount: amountOf(intent),
  currency: intent.currency.toUpperCase(),
  at: new Date(intent.created * 1_000).toISOString(),
})

export const deal = (intent: Intent): unknown => ({
  payment: intent.id,
  name: `Payment ${intent.id}`,
  amount: amountOf(intent),
  currency: intent.currency.toUpperCase(),
  closedAt: new Date(intent.created * 1_000).toISOString(),
  cancelledAt: intent.canceled_at === null ? null : new Date(intent.canceled_at * 1_000).toISOString(),
  capture: intent.capture_method === 'manual' ? 'later' : 'now',
  description: intent.description ?? 'none',
  channel: intent.metadata['channel'] ?? 'shop',
  statement: intent.statement_descriptor ?? 'EXAMPLE',
  method: intent.payment_method,
  methods: intent.payment_method_types.map((method) => method.toUpperCase()),
  firstMethod: intent.payment_method_types[0],
  charge: intent.latest_charge,
  known: intent.customer !== null,
  mode: intent.livemode ? 'live' : 'test',
  origin: 'stripe',
  ...(intent.customer !== null && { customer: intent.customer }),
  ...(intent.receipt_email !== null && { email: intent.receipt_email.trim().toLowerCase() }),
  ...('order_id' in intent.metadata && { order: intent.metadata['order_id'] }),
  ...('campaign' in intent.metadata && { campaign: intent.metadata['campaign'] }),
})
