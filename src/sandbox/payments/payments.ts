import type { ProviderContext, ProviderRequest } from '../provider.ts'
import { type AnsweredFault, jsonAnswer, type Provider, type ProviderAnswer } from '../provider.ts'
import { type Call, emptyState, type PaymentsEffect, type PaymentsState } from './call.ts'
import { type Form, parseForm } from './form.ts'
import { IdempotentAnswers } from './idempotency.ts'
import { API_VERSION, type StripeEvent } from './object.ts'
import { invalid, Refusal } from './refusal.ts'
import { routeOf } from './route.ts'

export interface PaymentsLedger {
  readonly effects: readonly PaymentsEffect[]
  /** Requests answered from a kept answer: calls that were repeated and did no harm. */
  readonly repeats: number
}

export interface PaymentsOptions {
  /** Secret keys that are good. Default: any that starts with `sk_` or `rk_`. */
  readonly keys?: readonly string[]
}

export interface Payments extends Provider<PaymentsLedger> {
  /** Takes the events that happened since the last time, to be sent as webhooks. */
  takeEvents(): readonly StripeEvent[]
}

const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/

/** A payments provider with the wire shapes of Stripe's API v1. */
export function payments(options: PaymentsOptions = {}): Payments {
  let state = emptyState()
  let kept = new IdempotentAnswers()

  function handle(request: ProviderRequest, context: ProviderContext): ProviderAnswer {
    const requestId = context.nextId('req_')
    const version = request.headers['stripe-version'] ?? API_VERSION
    const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined
    const headers = {
      'request-id': requestId,
      'stripe-version': version,
      ...(key === undefined ? {} : { 'idempotency-key': key.slice(0, 255) }),
    }
    const guarded = (run: () => ProviderAnswer): ProviderAnswer => refusalAnswer(run, requestId)
    const answer = guarded(() => {
      authenticate(request.headers['authorization'], options.keys)
      if (!VERSION.test(version)) throw invalid(`Invalid Stripe API version: ${version.slice(0, 40)}`)
      const form = formOf(request)
      const run = (): ProviderAnswer =>
        guarded(() => jsonAnswer(200, act(state, request, form, context, requestId, key ?? null)))
      if (key === undefined) return run()
      const { nowMs, busyMs = 0 } = context
      return kept.answer({ key, path: request.path, fingerprint: canonical(form), nowMs, busyMs, requestId, run })
    })
    return { ...answer, headers: { ...answer.headers, ...headers } }
  }

  return {
    name: 'payments',
    handle,
    refuse,
    ledger: () => ({ effects: state.effects, repeats: kept.repeats }),
    state: () => ({
      customers: [...state.customers.values()],
      payment_intents: [...state.intents.values()],
      charges: [...state.charges.values()],
      refunds: [...state.refunds.values()],
    }),
    takeEvents: () => state.outbox.splice(0),
    reset: () => {
      state = emptyState()
      kept = new IdempotentAnswers()
    },
  }
}

function act(
  state: PaymentsState,
  request: ProviderRequest,
  form: Form,
  context: ProviderContext,
  requestId: string,
  idempotencyKey: string | null,
): unknown {
  const { method, path } = request
  const route = routeOf(method, path)
  if (!route) {
    const message = `Unrecognized request URL (${method}: ${path.slice(0, 200)}). Please see https://stripe.com/docs.`
    throw new Refusal(404, 'invalid_request_error', message)
  }
  const call: Call = { state, context, form, path, requestId, idempotencyKey }
  return route.act(call, route.id)
}

function formOf(request: ProviderRequest): Form {
  if (request.method !== 'POST') return parseForm(request.query)
  const type = request.headers['content-type'] ?? ''
  if (request.body.byteLength > 0 && !type.startsWith('application/x-www-form-urlencoded')) {
    throw invalid(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    )
  }
  return parseForm(new TextDecoder().decode(request.body))
}

function authenticate(header: string | undefined, keys: readonly string[] | undefined): void {
  const [scheme = '', value = ''] = (header ?? '').split(' ')
  const key = scheme === 'Basic' ? (atobOrEmpty(value).split(':')[0] ?? '') : scheme === 'Bearer' ? value : ''
  if (key === '') {
    const message =
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    throw new Refusal(401, 'invalid_request_error', message)
  }
  const good = keys ? keys.includes(key) : /^[sr]k_/.test(key)
  if (!good) throw new Refusal(401, 'invalid_request_error', `Invalid API Key provided: ${key.slice(0, 3)}****`)
}

function atobOrEmpty(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

function refusalAnswer(run: () => ProviderAnswer, requestId: string): ProviderAnswer {
  try {
    return run()
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    const again = thrown.status === 409 ? { 'stripe-should-retry': 'true' } : {}
    return jsonAnswer(thrown.status, thrown.body(requestId), again)
  }
}

function refuse(fault: AnsweredFault, context: ProviderContext, retryAfterS: number): ProviderAnswer {
  const requestId = context.nextId('req_')
  const answer = (refusal: Refusal, headers: Record<string, string> = {}): ProviderAnswer =>
    jsonAnswer(refusal.status, refusal.body(requestId), { 'request-id': requestId, ...headers })
  switch (fault) {
    case 'rate-limited':
      return answer(new Refusal(429, 'invalid_request_error', 'Request rate limit exceeded.', { code: 'rate_limit' }), {
        'retry-after': String(retryAfterS),
        'stripe-should-retry': 'true',
      })
    case 'server-error':
      return answer(
        new Refusal(500, 'api_error', 'An unknown error occurred with your request. Please retry your request.'),
      )
    case 'expired-token':
      return answer(
        new Refusal(401, 'invalid_request_error', 'Expired API Key provided: sk_****', { code: 'api_key_expired' }),
      )
  }
}

/** The same parameters in any order give the same text. */
function canonical(form: Form): string {
  return JSON.stringify(form, (_, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
