import {
  type BatchHalves,
  type Connector,
  type Idempotency,
  type Operation,
  operation,
  type RequestContext,
  type RequestParts,
  type ResponseParts,
} from '../../../declare/target/operation.ts'
import type { Auth } from '../http/auth.ts'
import { toJson } from '../http/json.ts'

/** One connector and version of the API: what every operation is made with. */
export interface Api {
  readonly connector: Connector
  readonly auth: Auth
  /** `/services/data/v67.0` */
  readonly root: string
}

/** What an operation adds. */
export interface CallSpec<I, O> {
  readonly name: string
  readonly idempotency: Idempotency
  readonly method: RequestParts['method']
  /** Path and query. */
  readonly place: (input: I) => string
  readonly body?: (input: I, context: RequestContext) => unknown
  readonly headers?: (input: I) => Readonly<Record<string, string>>
  readonly response: (response: ResponseParts, input: I) => O
  readonly batch?: BatchHalves<I, O>
}

export function call<I, O>(api: Api, spec: CallSpec<I, O>): Operation<I, O> {
  const { name, idempotency, method, place, body, headers, response, batch } = spec
  const request = (input: I, context: RequestContext): RequestParts =>
    sent(api, context, method, place(input), body?.(input, context), headers?.(input))
  const { connector } = api
  return operation({ connector, name, idempotency, request, response, ...(batch === undefined ? {} : { batch }) })
}

/** A request with the access token, and with a body as JSON where there is one. */
export function sent(
  { auth }: Api,
  context: RequestContext,
  method: RequestParts['method'],
  path: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): RequestParts {
  const headers = { accept: 'application/json', 'user-agent': 'tieline', ...more }
  if (body === undefined) return auth.sign({ method, path, headers }, context)
  const whole = { method, path, headers: { ...headers, 'content-type': 'application/json' }, body: toJson(body) }
  return auth.sign(whole, context)
}
