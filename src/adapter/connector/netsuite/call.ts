import {
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

export const READ: Idempotency = Object.freeze({ by: 'read' })

interface CallSpec<I, O> {
  readonly name: string
  readonly idempotency: Idempotency
  readonly method: RequestParts['method']
  readonly path: (input: I) => string
  readonly headers?: (input: I, context: RequestContext) => Readonly<Record<string, string>>
  readonly body?: (input: I, context: RequestContext) => unknown
  readonly response: (response: ResponseParts, input: I) => O
  readonly repeated?: (response: ResponseParts) => boolean
}

/** Makes an operation on one connector with one way to prove who calls. */
export type Call = <I, O>(spec: CallSpec<I, O>) => Operation<I, O>

export function callsOf(connector: Connector, auth: Auth): Call {
  return ({ name, idempotency, method, path, headers, body, response, repeated }) =>
    operation({
      connector,
      name,
      idempotency,
      request: (input, context) => {
        const common = { accept: 'application/json', 'user-agent': 'tieline', ...headers?.(input, context) }
        if (body === undefined) return auth.sign({ method, path: path(input), headers: common }, context)
        const parts: RequestParts = {
          method,
          path: path(input),
          headers: { ...common, 'content-type': 'application/json' },
          body: toJson(body(input, context)),
        }
        return auth.sign(parts, context)
      },
      response,
      ...(repeated === undefined ? undefined : { repeated }),
    })
}
