import { TielineError } from '../../src/core/error.ts'
import type { Operation, RequestContext, RequestParts, ResponseParts } from '../../src/declare/target/operation.ts'

/** What the engine gives a request half: made-up secrets, a fixed key and time. */
export function contextWith(more: Partial<RequestContext> = {}): RequestContext {
  const secrets: Readonly<Record<string, readonly string[]>> = {
    KEY: ['sk_test_new', 'sk_test_old'],
    TOKEN: ['pat-made-up'],
    HOOK: ['whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3', 'whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xk'],
  }
  return {
    idempotencyKey: 'k-1',
    attempt: 2,
    nowMs: 1_700_000_000_500,
    secret: (name) => {
      const values = secrets[name]
      if (values === undefined) throw new TielineError('SECRET_MISSING', name)
      return values
    },
    ...more,
  }
}

export function requestOf<I>(operation: Operation<I, unknown>, input: I, more?: Partial<RequestContext>): RequestParts {
  return operation.spec.request(input, contextWith(more))
}

export function answerOf<I, O>(operation: Operation<I, O>, input: I, body: unknown, status = 200): O {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response: ResponseParts = {
    status,
    headers: {},
    text,
    json: () => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        throw new TielineError('PROVIDER_ANSWER', 'not JSON')
      }
    },
  }
  return operation.spec.response(response, input)
}

/** The code of the TielineError that a call throws. */
export function codeOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return error instanceof TielineError ? error.code : String(error)
  }
  return 'nothing thrown'
}
