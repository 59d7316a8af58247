import type { ProviderContext, ProviderRequest } from '../provider.ts'
import { type AnsweredFault, jsonAnswer, type Provider, type ProviderAnswer } from '../provider.ts'
import type { Call, CrmState } from './call.ts'
import type { CrmLedger } from './effect.ts'
import type { ObjectType } from './object-type.ts'
import { type CrmRate, rateCount, SANDBOX_RATE } from './rate.ts'
import { invalid, Refusal } from './refusal.ts'
import { answerCall } from './route.ts'
import { Shelf } from './shelf.ts'

export interface CrmOptions {
  /** Access tokens that are good. Default: any. */
  readonly tokens?: readonly string[]
  /** Properties with `hasUniqueValue`. Default: `email` and `signup_id`, `company_id`, `payment_id`. */
  readonly unique?: Partial<Readonly<Record<ObjectType, readonly string[]>>>
  /** Default: wide enough never to limit. `HUBSPOT_RATE` is the real one. */
  readonly rate?: CrmRate
}

export type Crm = Provider<CrmLedger>

const UNIQUE: Readonly<Record<ObjectType, readonly string[]>> = Object.freeze({
  contacts: ['email', 'signup_id'],
  companies: ['company_id'],
  deals: ['payment_id'],
})

/** A CRM with the wire shapes of HubSpot's CRM objects v3 and associations v4. */
export function crm(options: CrmOptions = {}): Crm {
  const unique = { ...UNIQUE, ...options.unique }
  const rate = rateCount(options.rate ?? SANDBOX_RATE)
  let lastId = 100
  let requests = 0
  let state = empty()

  function empty(): CrmState {
    const { contacts, companies, deals } = unique
    return {
      shelves: {
        contacts: new Shelf('contacts', contacts),
        companies: new Shelf('companies', companies),
        deals: new Shelf('deals', deals),
      },
      associations: new Map(),
      effects: [],
      repeats: 0,
    }
  }

  const correlation = (): string => {
    requests += 1
    return `00000000-0000-4000-8000-${requests.toString(16).padStart(12, '0')}`
  }

  function handle(request: ProviderRequest, context: ProviderContext): ProviderAnswer {
    const correlationId = correlation()
    const { over, headers } = rate.take(context.nowMs)
    const answer = answered(correlationId, () => {
      authenticate(request.headers['authorization'], options.tokens)
      if (over) throw limited()
      const call: Call = {
        state,
        context,
        query: new URLSearchParams(request.query),
        body: bodyOf(request),
        correlationId,
        idempotencyKey: request.headers['idempotency-key'] ?? null,
        nextObjectId: () => {
          lastId += 1
          return String(lastId)
        },
      }
      return answerCall(call, request.method, request.path)
    })
    return { ...answer, headers: { ...answer.headers, ...headers, 'x-hubspot-correlation-id': correlationId } }
  }

  return {
    name: 'crm',
    handle,
    refuse: (fault, context, retryAfterS) => refuse(fault, correlation(), context, retryAfterS),
    ledger: () => ({ effects: state.effects, repeats: state.repeats }),
    state: () => Object.fromEntries(Object.entries(state.shelves).map(([type, shelf]) => [type, [...shelf.values()]])),
    reset: () => {
      state = empty()
    },
  }
}

function answered(correlationId: string, run: () => ProviderAnswer): ProviderAnswer {
  try {
    return run()
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    return jsonAnswer(thrown.status, thrown.body(correlationId))
  }
}

function bodyOf(request: ProviderRequest): unknown {
  if (request.body.byteLength === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch {
    throw invalid('Invalid input JSON: the body is not JSON')
  }
}

function authenticate(header: string | undefined, tokens: readonly string[] | undefined): void {
  const [scheme = '', token = ''] = (header ?? '').split(' ')
  if (scheme === 'Bearer' && token !== '' && (tokens?.includes(token) ?? true)) return
  throw new Refusal(
    401,
    'INVALID_AUTHENTICATION',
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
  )
}

const limited = (): Refusal =>
  new Refusal(429, 'RATE_LIMITS', 'You have reached your ten_secondly_rolling limit.', {
    errorType: 'RATE_LIMIT',
    policyName: 'TEN_SECONDLY_ROLLING',
  })

function refuse(
  fault: AnsweredFault,
  correlationId: string,
  context: ProviderContext,
  retryAfterS: number,
): ProviderAnswer {
  const answer = (refusal: Refusal, headers: Record<string, string> = {}): ProviderAnswer =>
    jsonAnswer(refusal.status, refusal.body(correlationId), { 'x-hubspot-correlation-id': correlationId, ...headers })
  switch (fault) {
    case 'rate-limited':
      return answer(limited(), { 'retry-after': String(retryAfterS) })
    case 'server-error':
      return answer(new Refusal(500, 'INTERNAL_ERROR', 'internal error'))
    case 'expired-token': {
      const expired = 'The OAuth token used to make this call expired 0 second(s) ago.'
      const time = { context: { 'expire time': [new Date(context.nowMs).toISOString()] } }
      return answer(new Refusal(401, 'EXPIRED_AUTHENTICATION', expired, time))
    }
  }
}
