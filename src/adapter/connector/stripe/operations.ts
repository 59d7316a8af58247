import { TielineError } from '../../../core/error.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import {
  type Connector,
  type Idempotency,
  type Operation,
  operation,
  type RequestContext,
  type RequestParts,
  type ResponseParts,
} from '../../../declare/target/operation.ts'
import { newest } from '../http/auth.ts'
import { objectOf, textOf, unexpected } from '../http/json.ts'
import { path } from '../http/path.ts'
import { type FormValue, form } from './form.ts'
import type { Customer, DeletedCustomer, PaymentIntent, Refund } from './objects.ts'

/** Answers and types are of this version, whatever the account's default is. Raise it together with `objects.ts`. */
const STRIPE_VERSION = '2026-10-28.endive'

type Fields = Readonly<Record<string, string | number>>
type AddressFields = {
  readonly line1?: string
  readonly line2?: string
  readonly city?: string
  readonly state?: string
  readonly postal_code?: string
  readonly country?: string
}

/** Source: https://docs.stripe.com/api/customers/create. `null` empties a field. */
export interface CustomerFields {
  readonly email?: string | null
  readonly name?: string | null
  readonly phone?: string | null
  readonly description?: string | null
  readonly address?: AddressFields | null
  readonly preferred_locales?: readonly string[]
  readonly metadata?: Fields
}

/** Source: https://docs.stripe.com/api/payment_intents/create. */
export interface PaymentIntentFields {
  /** Smallest unit of the currency, a whole number. */
  readonly amount: number
  readonly currency: string
  readonly customer?: string
  readonly description?: string
  readonly payment_method?: string
  readonly confirm?: boolean
  readonly off_session?: boolean
  readonly capture_method?: 'automatic' | 'automatic_async' | 'manual'
  readonly automatic_payment_methods?: { readonly enabled: boolean; readonly allow_redirects?: 'always' | 'never' }
  readonly receipt_email?: string
  readonly transfer_group?: string
  readonly metadata?: Fields
}

/** Source: https://docs.stripe.com/api/refunds/create. */
export type RefundFields = (
  | { readonly payment_intent: string; readonly charge?: never }
  | { readonly charge: string; readonly payment_intent?: never }
) & {
  /** Smallest unit of the currency. Default: all that is left. */
  readonly amount?: number
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer'
  readonly metadata?: Fields
}

export interface StripeOperations {
  readonly connector: Connector
  readonly customers: {
    readonly create: Operation<CustomerFields, Customer>
    readonly update: Operation<{ readonly id: string } & CustomerFields, Customer>
    readonly retrieve: Operation<{ readonly id: string }, Customer | DeletedCustomer>
  }
  readonly paymentIntents: { readonly create: Operation<PaymentIntentFields, PaymentIntent> }
  readonly refunds: { readonly create: Operation<RefundFields, Refund> }
}

const KEY: Idempotency = Object.freeze({ by: 'header', name: 'Idempotency-Key' })
const READ: Idempotency = Object.freeze({ by: 'read' })

export function stripeOperations(connector: Connector, apiKey: SecretRef): StripeOperations {
  const headers = (context: RequestContext): Record<string, string> => ({
    accept: 'application/json',
    authorization: `Bearer ${newest(context, apiKey)}`,
    'stripe-version': STRIPE_VERSION,
    'user-agent': 'tieline',
  })
  const get = <I, O>(name: string, object: string, place: (input: I) => string): Operation<I, O> =>
    operation({
      connector,
      name,
      idempotency: READ,
      request: (input, context): RequestParts => ({ method: 'GET', path: place(input), headers: headers(context) }),
      response: (response) => ofKind<O>(response, object),
    })
  const post = <I, O>(
    name: string,
    object: string,
    place: (input: I) => string,
    fields: (input: I) => { readonly [name: string]: FormValue },
  ): Operation<I, O> =>
    operation({
      connector,
      name,
      idempotency: KEY,
      request: (input, context): RequestParts => ({
        method: 'POST',
        path: place(input),
        headers: {
          ...headers(context),
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': context.idempotencyKey,
        },
        body: form(fields(input)),
      }),
      response: (response) => ofKind<O>(response, object),
    })
  return Object.freeze({
    connector,
    customers: Object.freeze({
      create: post<CustomerFields, Customer>(
        'customers.create',
        'customer',
        () => '/v1/customers',
        (input) => ({ ...input }),
      ),
      update: post<{ readonly id: string } & CustomerFields, Customer>(
        'customers.update',
        'customer',
        ({ id }) => path`/v1/customers/${id}`,
        ({ id: _, ...fields }) => fields,
      ),
      retrieve: get<{ readonly id: string }, Customer | DeletedCustomer>(
        'customers.retrieve',
        'customer',
        ({ id }) => path`/v1/customers/${id}`,
      ),
    }),
    paymentIntents: Object.freeze({
      create: post<PaymentIntentFields, PaymentIntent>(
        'paymentIntents.create',
        'payment_intent',
        () => '/v1/payment_intents',
        (input) => withAmount({ ...input }),
      ),
    }),
    refunds: Object.freeze({
      create: post<RefundFields, Refund>(
        'refunds.create',
        'refund',
        () => '/v1/refunds',
        (input) => withAmount({ ...input }),
      ),
    }),
  })
}

/** An amount that is no whole number of the smallest unit is refused before anything is sent. */
function withAmount<F extends { readonly amount?: number }>(fields: F): F {
  const { amount } = fields
  if (amount === undefined || (Number.isSafeInteger(amount) && amount >= 0)) return fields
  throw new TielineError('REQUEST_INVALID', `amount ${amount}: use a whole number of the currency's smallest unit`)
}

function ofKind<O>(response: ResponseParts, kind: string): O {
  const value = objectOf(response)
  textOf(value, 'id')
  if (value['object'] !== kind) throw unexpected(`the answer is not a ${kind}`)
  return value as O
}
