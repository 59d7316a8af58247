import type { Call } from './call.ts'
import { listCharges, retrieveCharge } from './charge.ts'
import { createCustomer, listCustomers, retrieveCustomer, updateCustomer } from './customer.ts'
import { listEvents, retrieveEvent } from './event.ts'
import {
  confirmPaymentIntent,
  createPaymentIntent,
  listPaymentIntents,
  retrievePaymentIntent,
} from './payment-intent.ts'
import { createRefund, listRefunds, retrieveRefund } from './refund.ts'

type Act = (call: Call, id: string) => unknown

/** `METHOD /v1/kind`, with `:id` where the path names one object. */
const ROUTES: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['POST /v1/customers', createCustomer],
  ['GET /v1/customers', listCustomers],
  ['GET /v1/customers/:id', retrieveCustomer],
  ['POST /v1/customers/:id', updateCustomer],
  ['POST /v1/payment_intents', createPaymentIntent],
  ['GET /v1/payment_intents', listPaymentIntents],
  ['GET /v1/payment_intents/:id', retrievePaymentIntent],
  ['POST /v1/payment_intents/:id/confirm', confirmPaymentIntent],
  ['GET /v1/charges', listCharges],
  ['GET /v1/charges/:id', retrieveCharge],
  ['POST /v1/refunds', createRefund],
  ['GET /v1/refunds', listRefunds],
  ['GET /v1/refunds/:id', retrieveRefund],
  ['GET /v1/events', listEvents],
  ['GET /v1/events/:id', retrieveEvent],
])

export interface Route {
  readonly act: Act
  readonly id: string
}

export function routeOf(method: string, path: string): Route | undefined {
  const [, version = '', kind = '', id, verb, more] = path.split('/')
  if (more !== undefined || id === '') return undefined
  const shape = `${method} /${version}/${kind}${id === undefined ? '' : '/:id'}${verb === undefined ? '' : `/${verb}`}`
  const act = ROUTES.get(shape)
  return act && { act, id: id ?? '' }
}
