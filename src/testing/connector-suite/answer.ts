import { TielineError } from '../../core/error.ts'
import { readJson } from '../../core/json-value.ts'
import type { ResponseParts } from '../../declare/target/operation.ts'
import type { HttpResponse } from '../../port/http.ts'
import type { DocumentedAnswer } from './subject.ts'

const utf8 = new TextDecoder()
const encoder = new TextEncoder()

/** An answer as the response half gets it from the engine. */
export function partsOf({ status, headers, body }: HttpResponse): ResponseParts {
  const text = utf8.decode(body)
  const json = (): unknown => {
    try {
      return readJson(text)
    } catch (cause) {
      throw new TielineError('PROVIDER_ANSWER', 'the answer is not JSON', { cause })
    }
  }
  return Object.freeze({ status, headers, text, json })
}

export function answerOf(
  status: number,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers, body: typeof body === 'string' ? encoder.encode(body) : body }
}

export function documented({ status = 200, headers = {}, body }: DocumentedAnswer<unknown>): HttpResponse {
  if (typeof body === 'string') return answerOf(status, body, headers)
  return answerOf(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
}
