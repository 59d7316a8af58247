import type { ProviderContext } from '../provider.ts'
import type { Form } from './form.ts'
import type { StripeObject } from './object.ts'
import { API_VERSION, type Charge, type Customer, type PaymentIntent, type Refund, type StripeEvent } from './object.ts'
import { Shelf } from './shelf.ts'

/** One state change at the payments provider. */
export interface PaymentsEffect {
  /** From 1, in the order in which they happened. */
  readonly seq: number
  readonly atMs: number
  /** `customer.created`, `payment_intent.succeeded`, `refund.created` … */
  readonly kind: string
  readonly id: string
  readonly payment: string | null
  readonly metadata: Readonly<Record<string, string>>
  /** What the caller sent to make a repeat safe. */
  readonly idempotencyKey: string | null
  readonly requestId: string
}

export interface PaymentsState {
  readonly customers: Shelf<Customer>
  readonly intents: Shelf<PaymentIntent>
  readonly charges: Shelf<Charge>
  readonly refunds: Shelf<Refund>
  readonly events: Shelf<StripeEvent>
  readonly effects: PaymentsEffect[]
  /** Events that nobody has taken to send yet. */
  readonly outbox: StripeEvent[]
}

export function emptyState(): PaymentsState {
  return {
    customers: new Shelf('customer'),
    intents: new Shelf('payment_intent'),
    charges: new Shelf('charge'),
    refunds: new Shelf('refund'),
    events: new Shelf('event'),
    effects: [],
    outbox: [],
  }
}

/** One request on its way through the model. */
export interface Call {
  readonly state: PaymentsState
  readonly context: ProviderContext
  readonly form: Form
  /** Path of the request, for lists. */
  readonly path: string
  readonly requestId: string
  readonly idempotencyKey: string | null
}

export const secondsOf = (call: Call): number => Math.floor(call.context.nowMs / 1_000)

/** Writes the effect into the ledger and makes its event, with the whole object as it is now. */
export function happened(call: Call, type: string, object: StripeObject, previous?: Record<string, unknown>): void {
  const { state, context } = call
  state.effects.push({
    seq: state.effects.length + 1,
    atMs: context.nowMs,
    kind: type,
    id: object.id,
    payment: object.object === 'payment_intent' ? object.id : paymentField(object),
    metadata: object.metadata,
    idempotencyKey: call.idempotencyKey,
    requestId: call.requestId,
  })
  const event: StripeEvent = {
    id: context.nextId('evt_'),
    object: 'event',
    api_version: API_VERSION,
    created: secondsOf(call),
    data: previous === undefined ? { object } : { object, previous_attributes: previous },
    livemode: false,
    pending_webhooks: 1,
    request: { id: call.requestId, idempotency_key: call.idempotencyKey },
    type,
  }
  state.events.put(event)
  state.outbox.push(event)
}

function paymentField(object: StripeObject): string | null {
  const payment = object['payment_intent']
  return typeof payment === 'string' ? payment : null
}
