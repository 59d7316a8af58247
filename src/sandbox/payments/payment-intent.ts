import { type Call, happened, secondsOf } from './call.ts'
import { chargeIntent } from './charge.ts'
import type { PaymentIntent } from './object.ts'
import { integerOf, listOf, metadataOf, onlyKnown, requiredText, textOf, yesOrNo } from './parameter.ts'
import { invalid } from './refusal.ts'
import type { ListAnswer } from './shelf.ts'

// `off_session` and `return_url` change nothing for a card that needs no authentication; real clients send them.
const CREATE = [
  'amount',
  'automatic_payment_methods',
  'capture_method',
  'confirm',
  'currency',
  'customer',
  'description',
  'metadata',
  'off_session',
  'payment_method',
  'payment_method_types',
  'receipt_email',
  'return_url',
  'transfer_group',
] as const

const MAX_AMOUNT = 99_999_999 // docs.stripe.com/api/payment_intents: up to eight digits

export function createPaymentIntent(call: Call): PaymentIntent {
  const { form, state, context } = call
  onlyKnown(form, CREATE)
  requiredText(form, 'amount')
  const amount = integerOf(form, 'amount') ?? 0
  if (amount < 1) {
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  }
  if (amount > MAX_AMOUNT) {
    throw invalid(`Amount must be no more than ${MAX_AMOUNT}.`, { code: 'amount_too_large', param: 'amount' })
  }
  const currency = requiredText(form, 'currency').toLowerCase()
  if (!/^[a-z]{3}$/.test(currency)) {
    throw invalid(`Invalid currency: ${currency.slice(0, 40)}.`, { param: 'currency' })
  }
  const customer = textOf(form, 'customer') ?? null
  if (customer !== null) state.customers.get(customer, 'customer')
  const method = textOf(form, 'payment_method') ?? null
  const confirm = yesOrNo(form, 'confirm') === true
  if (confirm && method === null) throw withoutMethod()
  const captureMethod = textOf(form, 'capture_method') ?? 'automatic'
  if (captureMethod !== 'automatic' && captureMethod !== 'automatic_async') {
    throw invalid('The sandbox captures at once: use automatic or automatic_async.', { param: 'capture_method' })
  }
  const automatic = form['automatic_payment_methods'] !== undefined
  const id = context.nextId('pi_3')
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: automatic ? { allow_redirects: 'always', enabled: true } : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: captureMethod,
    client_secret: `${id}_secret_${context.nextId('')}`,
    confirmation_method: 'automatic',
    created: secondsOf(call),
    currency,
    customer,
    customer_account: null,
    description: textOf(form, 'description') ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: metadataOf(form),
    next_action: null,
    on_behalf_of: null,
    payment_method: method,
    payment_method_configuration_details: null,
    payment_method_options: { card: { installments: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: listOf(form, 'payment_method_types') ?? ['card'],
    payment_record: null,
    processing: null,
    receipt_email: textOf(form, 'receipt_email') ?? null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    transfer_data: null,
    transfer_group: textOf(form, 'transfer_group') ?? null,
  }
  state.intents.put(intent)
  happened(call, 'payment_intent.created', intent)
  return confirm ? chargeIntent(call, intent) : intent
}

export function confirmPaymentIntent(call: Call, id: string): PaymentIntent {
  onlyKnown(call.form, ['off_session', 'payment_method', 'receipt_email', 'return_url'])
  const before = call.state.intents.get(id, 'intent')
  if (before.status === 'succeeded' || before.status === 'canceled') {
    throw invalid(
      `You cannot confirm this PaymentIntent because it has already ${before.status === 'succeeded' ? 'succeeded after being previously confirmed' : 'been canceled'}.`,
      { code: 'payment_intent_unexpected_state', payment_intent: before },
    )
  }
  const method = textOf(call.form, 'payment_method') ?? before.payment_method
  if (method === null) throw withoutMethod()
  const receipt = textOf(call.form, 'receipt_email') ?? before.receipt_email
  return chargeIntent(call, { ...before, payment_method: method, receipt_email: receipt })
}

export function retrievePaymentIntent(call: Call, id: string): PaymentIntent {
  onlyKnown(call.form, ['client_secret'])
  return call.state.intents.get(id, 'intent')
}

export function listPaymentIntents(call: Call): ListAnswer<PaymentIntent> {
  onlyKnown(call.form, ['customer', 'ending_before', 'limit', 'starting_after'])
  const customer = textOf(call.form, 'customer')
  return call.state.intents.page(call.form, call.path, (one) => customer === undefined || one.customer === customer)
}

const withoutMethod = (): Error =>
  invalid(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    { code: 'payment_intent_unexpected_state' },
  )
