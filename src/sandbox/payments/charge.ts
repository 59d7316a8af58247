import { type Call, happened, secondsOf } from './call.ts'
import type { Charge, PaymentIntent } from './object.ts'
import { onlyKnown, textOf } from './parameter.ts'
import { Refusal } from './refusal.ts'
import type { ListAnswer } from './shelf.ts'

/** The test payment method that Stripe always declines. Source: docs.stripe.com/testing. Every other one is charged. */
const DECLINED = 'pm_card_chargeDeclined'

/**
 * Charges the card of an intent.
 * @throws {Refusal} 402 `card_declined`, after the failed charge and its events were recorded.
 */
export function chargeIntent(call: Call, intent: PaymentIntent): PaymentIntent {
  const declined = intent.payment_method === DECLINED
  const charge = call.state.charges.put(chargeOf(call, intent, declined))
  if (declined) {
    const refusal = { code: 'card_declined', decline_code: 'generic_decline', charge: charge.id }
    const message = 'Your card was declined.'
    const failed = call.state.intents.put({
      ...intent,
      last_payment_error: { ...refusal, message, type: 'card_error' },
      latest_charge: charge.id,
      payment_method: null,
      status: 'requires_payment_method',
    })
    happened(call, 'charge.failed', charge)
    happened(call, 'payment_intent.payment_failed', failed)
    throw new Refusal(402, 'card_error', message, { ...refusal, payment_intent: failed })
  }
  const paid = call.state.intents.put({
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    status: 'succeeded',
  })
  happened(call, 'charge.succeeded', charge)
  happened(call, 'payment_intent.succeeded', paid)
  return paid
}

export function retrieveCharge(call: Call, id: string): Charge {
  onlyKnown(call.form, [])
  return call.state.charges.get(id)
}

export function listCharges(call: Call): ListAnswer<Charge> {
  onlyKnown(call.form, ['customer', 'ending_before', 'limit', 'payment_intent', 'starting_after'])
  const customer = textOf(call.form, 'customer')
  const payment = textOf(call.form, 'payment_intent')
  return call.state.charges.page(
    call.form,
    call.path,
    (one) =>
      (customer === undefined || one.customer === customer) &&
      (payment === undefined || one.payment_intent === payment),
  )
}

function chargeOf(call: Call, intent: PaymentIntent, declined: boolean): Charge {
  return {
    id: call.context.nextId('ch_3'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: declined ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: declined ? null : call.context.nextId('txn_3'),
    billing_details: { address: null, email: intent.receipt_email, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: 'SANDBOX',
    captured: !declined,
    created: secondsOf(call),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: declined ? 'card_declined' : null,
    failure_message: declined ? 'Your card was declined.' : null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: declined
      ? {
          network_status: 'declined_by_network',
          reason: 'generic_decline',
          risk_level: 'normal',
          type: 'issuer_declined',
        }
      : { network_status: 'approved_by_network', reason: null, risk_level: 'normal', type: 'authorized' },
    paid: !declined,
    payment_intent: intent.id,
    payment_method: intent.payment_method,
    payment_method_details: {
      card: { brand: 'visa', country: 'US', exp_month: 12, exp_year: 2034, funding: 'credit', last4: '4242' },
      type: 'card',
    },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: declined ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
}
