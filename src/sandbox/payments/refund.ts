import { type Call, happened, secondsOf } from './call.ts'
import type { Charge, Refund } from './object.ts'
import { integerOf, metadataOf, onlyKnown, textOf } from './parameter.ts'
import { invalid } from './refusal.ts'
import type { ListAnswer } from './shelf.ts'

const REASONS: readonly string[] = ['duplicate', 'fraudulent', 'requested_by_customer']

export function createRefund(call: Call): Refund {
  const { form, state, context } = call
  onlyKnown(form, ['amount', 'charge', 'metadata', 'payment_intent', 'reason'])
  const charge = chargeToRefund(call)
  const left = charge.amount - charge.amount_refunded
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  const amount = integerOf(form, 'amount') ?? left
  if (amount < 1) throw invalid('This value must be greater than or equal to 1.', { param: 'amount' })
  if (amount > left) {
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    })
  }
  const reason = textOf(form, 'reason') ?? null
  if (reason !== null && !REASONS.includes(reason)) {
    throw invalid(`Invalid reason: must be one of ${REASONS.join(', ')}`, { param: 'reason' })
  }
  const refund: Refund = {
    id: context.nextId('re_3'),
    object: 'refund',
    amount,
    balance_transaction: context.nextId('txn_3'),
    charge: charge.id,
    created: secondsOf(call),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: metadataOf(form),
    payment_intent: charge.payment_intent,
    payment_method: charge['payment_method'],
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
  const refunded = charge.amount_refunded + amount
  const after = { ...charge, amount_refunded: refunded, refunded: refunded === charge.amount }
  state.refunds.put(refund)
  state.charges.put(after)
  happened(call, 'refund.created', refund)
  happened(call, 'charge.refunded', after, { amount_refunded: charge.amount_refunded, refunded: charge.refunded })
  return refund
}

export function retrieveRefund(call: Call, id: string): Refund {
  onlyKnown(call.form, [])
  return call.state.refunds.get(id)
}

export function listRefunds(call: Call): ListAnswer<Refund> {
  onlyKnown(call.form, ['charge', 'ending_before', 'limit', 'payment_intent', 'starting_after'])
  const charge = textOf(call.form, 'charge')
  const payment = textOf(call.form, 'payment_intent')
  return call.state.refunds.page(
    call.form,
    call.path,
    (one) =>
      (charge === undefined || one.charge === charge) && (payment === undefined || one.payment_intent === payment),
  )
}

function chargeToRefund(call: Call): Charge {
  const id = textOf(call.form, 'charge')
  const payment = textOf(call.form, 'payment_intent')
  if (id !== undefined && payment !== undefined) {
    throw invalid('You may only specify one of these parameters: charge, payment_intent.')
  }
  if (id === undefined && payment === undefined) {
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
    })
  }
  const charged = id ?? call.state.intents.get(payment ?? '', 'payment_intent').latest_charge
  const charge = charged === null ? undefined : call.state.charges.get(charged, 'charge')
  if (charge?.status !== 'succeeded') {
    throw invalid('This PaymentIntent does not have a successful charge to refund.', { param: 'payment_intent' })
  }
  return charge
}
