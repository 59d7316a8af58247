import type { Duration } from '../../../core/duration.ts'
import { TielineError } from '../../../core/error.ts'
import { HTTP_FAULTS } from '../../../declare/fault/http-faults.ts'
import { policy, timeout } from '../../../declare/policy/policy.ts'
import {
  type Connector,
  type FaultTable,
  type Idempotency,
  type Operation,
  operation,
  type RequestContext,
  type RequestParts,
  type ResponseParts,
} from '../../../declare/target/operation.ts'
import { type Auth, bearerToken } from './auth.ts'
import { type Calling, connector, invalid } from './connector.ts'
import { toJson } from './json.ts'
import { type Query, query } from './path.ts'

export interface HttpOptions extends Calling {
  /** `https://crm.example.com/api`; what operations call is under it. */
  readonly baseUrl: string
  /** `bearer(secret('…'))`, `header('x-api-key', secret('…'))`, `basic`, `queryKey`, `signed`. Default: the token of `credential`; without one, none. */
  readonly auth?: Auth
  /** What the provider's statuses mean; HTTP's own meaning stands behind it. */
  readonly faults?: FaultTable
}

/** A path under `baseUrl`, or how to make it of the input: `({ id }) => path`/orders/${id}``. */
export type HttpPath<I> = string | ((input: I) => string)

export interface HttpCall<I> {
  /** `orders.create`: names the operation in checks, metrics and errors. */
  readonly name: string
  /**
   * Why a repeat is safe. Default: POST and PATCH send the key in `Idempotency-Key`, which the provider must honour; PUT and DELETE lead
   * to the same state again, GET reads (RFC 9110 section 9.2.2).
   */
  readonly idempotency?: Idempotency
  /** `quoted` as in draft-ietf-httpapi-idempotency-key-header, `plain` as most providers want it. Default `plain`. */
  readonly key?: 'plain' | 'quoted'
  /** In place of the time that the connector's policy gives each try. */
  readonly timeout?: Duration
  /** Larger answers fail with HTTP_TOO_LARGE. Bytes. Default: the connector's. */
  readonly maxResponseBytes?: number
  readonly query?: (input: I) => Query
  /**
   * Whether an answer other than 2xx says that this very effect is there already: `({ status }) => status === 404` of a DELETE. The call is
   * then done. Pure; throws nothing. Default: no answer does.
   */
  readonly repeated?: (response: ResponseParts) => boolean
  /** More headers, lower-case names. A value that is not one line of Latin-1 text is refused with REQUEST_INVALID. */
  readonly headers?: (input: I) => Readonly<Record<string, string>>
  /** What is sent as JSON. Default: the input; nothing for GET and DELETE. */
  readonly body?: (input: I) => unknown
  readonly response?: undefined
}

export interface DecodedCall<I, O> extends Omit<HttpCall<I>, 'response'> {
  /** Makes the result of a 2xx answer. Pure. Throws PROVIDER_ANSWER when the answer is not what it should be. */
  readonly response: (response: ResponseParts, input: I) => O
}

/** What an operation gives when nobody asked for more of the answer. */
export interface Done {
  readonly status: number
}

export interface Declare<D> {
  <I, O>(path: HttpPath<I>, call: DecodedCall<I, O>): Operation<I, O>
  <I = unknown>(path: HttpPath<I>, call: HttpCall<I>): Operation<I, D>
}

/** A system with a JSON API: what is called on it is declared, not coded. */
export interface HttpConnector {
  readonly connector: Connector
  /** The parsed answer, unless `response` says more. */
  readonly get: Declare<unknown>
  readonly post: Declare<Done>
  readonly put: Declare<Done>
  readonly patch: Declare<Done>
  readonly delete: Declare<Done>
}

const KEY: Idempotency = Object.freeze({ by: 'header', name: 'Idempotency-Key' })
const STATE: Idempotency = Object.freeze({ by: 'state', why: 'the method is idempotent (RFC 9110 section 9.2.2)' })
const READ: Idempotency = Object.freeze({ by: 'read' })
const IDEMPOTENCY = Object.freeze({ GET: READ, POST: KEY, PUT: STATE, PATCH: KEY, DELETE: STATE })

/**
 * A system that is called over HTTP with JSON:
 * `const sink = http('sink', { baseUrl: 'https://sink.example.com' }); const order = sink.post<Order>('/orders', { name: 'orders.create' })`.
 * Each request carries `Tieline-Attempt: 1, 2, …`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function http(name: string, options: HttpOptions): HttpConnector {
  const { faults = HTTP_FAULTS, credential } = options
  const auth = options.auth ?? (credential === undefined ? undefined : bearerToken)
  const target = connector({ ...options, name, secrets: auth?.secrets ?? [], faults })
  const declare = (method: RequestParts['method']) => (path: HttpPath<unknown>, call: AnyCall) =>
    declared(target, auth, method, path, call)
  return Object.freeze({
    connector: target,
    get: declare('GET') as Declare<unknown>,
    post: declare('POST') as Declare<Done>,
    put: declare('PUT') as Declare<Done>,
    patch: declare('PATCH') as Declare<Done>,
    delete: declare('DELETE') as Declare<Done>,
  })
}

type AnyCall = HttpCall<unknown> | DecodedCall<unknown, unknown>

function declared(
  target: Connector,
  auth: Auth | undefined,
  method: RequestParts['method'],
  path: HttpPath<unknown>,
  call: AnyCall,
): Operation<unknown, unknown> {
  const { name, idempotency = IDEMPOTENCY[method], key = 'plain' } = call
  if (typeof path === 'string' && !path.startsWith('/')) {
    throw invalid(target.name, `operation ${name}: path ${JSON.stringify(path)}: start it with '/'`)
  }
  const body = call.body ?? (method === 'GET' || method === 'DELETE' ? undefined : (input: unknown) => input)
  const request = (input: unknown, context: RequestContext): RequestParts => {
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'tieline' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (idempotency.by === 'header') {
      headers[idempotency.name.toLowerCase()] =
        key === 'quoted' ? `"${context.idempotencyKey}"` : context.idempotencyKey
    }
    headers['tieline-attempt'] = String(context.attempt)
    for (const [field, value] of Object.entries(call.headers?.(input) ?? {})) headers[field] = oneLine(field, value)
    const parts = { method, path: place(path, input) + query(call.query?.(input)), headers }
    const whole = body === undefined ? parts : { ...parts, body: toJson(body(input)) }
    return auth === undefined ? whole : auth.sign(whole, context)
  }
  const response = call.response ?? (method === 'GET' ? parsed : done)
  const { repeated } = call
  const spec = { connector: limited(target, call), name, idempotency, request, response }
  return operation(repeated === undefined ? spec : { ...spec, repeated })
}

function place(path: HttpPath<unknown>, input: unknown): string {
  if (typeof path === 'string') return path
  const made = path(input)
  if (made.startsWith('/')) return made
  throw new TielineError('REQUEST_INVALID', "the path of the operation must start with '/'")
}

/** The characters of RFC 9110 section 5.5: anything else ends the header, or has no form in it. */
function oneLine(field: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value
  throw new TielineError('REQUEST_INVALID', `header ${field}: use one line of Latin-1 text`)
}

/** The connector with the operation's own limits. */
function limited(target: Connector, call: AnyCall): Connector {
  const { maxResponseBytes = target.maxResponseBytes } = call
  if (call.timeout === undefined) return Object.freeze({ ...target, maxResponseBytes })
  const layers = target.policy.layers.filter(({ kind }) => kind !== 'timeout')
  return Object.freeze({
    ...target,
    maxResponseBytes,
    policy: policy({ kind: 'policy', layers }, timeout(call.timeout)),
  })
}

function parsed(response: ResponseParts): unknown {
  return response.status === 204 ? undefined : response.json()
}

function done({ status }: ResponseParts): Done {
  return { status }
}
