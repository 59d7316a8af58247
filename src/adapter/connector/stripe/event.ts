import type { Checked, Contract } from '../../../declare/contract/contract.ts'
import { envelope, handMade } from '../../../declare/source/envelope.ts'
import { eventObject, eventText, timeAttribute } from '../../../declare/source/event-field.ts'
import type { ReadRequest, SourceEvent } from '../../../declare/source/source.ts'
import type { Charge, CheckoutSession, Customer, Invoice, PaymentIntent } from './objects.ts'

/** A whole event, whatever its type: `data.object` is the object that it is about. Thin events of API v2 have no `data`. */
export interface StripeEvent {
  readonly id: string
  readonly type: string
  /** Seconds since 1970. */
  readonly created: number
  readonly data: { readonly object: Readonly<Record<string, unknown>> }
}

type About<K extends string, O> = { readonly [T in K]: O }

/** What `.on(type)` gives: `data.object` of that type. Source: https://docs.stripe.com/api/events/types. */
export type StripeEvents = About<
  `payment_intent.${'created' | 'processing' | 'requires_action' | 'amount_capturable_updated' | 'succeeded' | 'payment_failed' | 'canceled'}`,
  PaymentIntent
> &
  About<`charge.${'pending' | 'succeeded' | 'failed' | 'captured' | 'expired' | 'updated' | 'refunded'}`, Charge> &
  About<`customer.${'created' | 'updated' | 'deleted'}`, Customer> &
  About<
    `checkout.session.${'completed' | 'expired' | 'async_payment_succeeded' | 'async_payment_failed'}`,
    CheckoutSession
  > &
  About<
    `invoice.${'created' | 'finalized' | 'updated' | 'paid' | 'payment_succeeded' | 'payment_failed' | 'payment_action_required' | 'overdue' | 'voided' | 'marked_uncollectible' | 'deleted'}`,
    Invoice
  >

/** The one event of a request. @throws {TielineError} BODY_MALFORMED without id or type */
export function readStripeEvent({ body }: ReadRequest): readonly SourceEvent[] {
  const event = eventObject(body)
  const { created } = event
  return [
    {
      id: eventText(event['id'], 'id'),
      type: eventText(event['type'], 'type'),
      attributes:
        typeof created === 'string'
          ? { time: eventText(created, 'created') }
          : timeAttribute(typeof created === 'number' ? created * 1_000 : undefined),
      data: event,
    },
  ]
}

/** What mappings see of an event. */
export function objectOfEvent(event: unknown): unknown {
  return (event as StripeEvent).data.object
}

const SNAPSHOT = envelope('stripe-event', { id: 'text', type: 'text', created: 'number', 'data.object': 'object' })
/** Events of API v2 carry no object, only where to read it. Source: https://docs.stripe.com/event-destinations#thin-events. */
const THIN = envelope('stripe-thin-event', { id: 'text', type: 'text', created: 'text' })

function isThin(event: unknown): boolean {
  return (event as { object?: unknown } | null)?.object === 'v2.core.event'
}

/** The envelope's own required fields and nothing more. */
export const STRIPE_EVENT: Contract<unknown> = handMade(
  'stripe-event',
  (event: unknown): Checked<unknown> => (isThin(event) ? THIN : SNAPSHOT).check(event),
  { anyOf: [SNAPSHOT.jsonSchema, THIN.jsonSchema] },
)
