import { STATUS_CODES } from 'node:http'
import { CODES, type ErrorCode } from '../../core/codes.ts'
import { type TielineError, toTielineError } from '../../core/error.ts'
import type { Issue } from '../../declare/contract/contract.ts'

/** An answer that says no, as RFC 9457 has it; `code` is stable. */
export interface Problem {
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  /** Which of the causes of one code, from a closed list. */
  readonly reason?: string
  readonly id?: string
  readonly issues?: readonly Issue[]
  readonly retryAfterMs?: number
  /** Further headers, name and value in turn. */
  readonly headers?: readonly string[]
}

const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = Object.freeze({
  BODY_MALFORMED: 400,
  REQUEST_INVALID: 400,
  HEADERS_REFUSED: 400,
  SIGNATURE_REFUSED: 401,
  TOKEN_REFUSED: 401,
  ADMIN_CLOSED: 403,
  NOT_FOUND: 404,
  METHOD_REFUSED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_REFUSED: 415,
  CONTRACT_BROKEN: 422,
  RATE_EXCEEDED: 429,
  OVERLOADED: 503,
  SECRET_MISSING: 503,
  STOPPING: 503,
  STORE_BUSY: 503,
  STORE_CORRUPT: 503,
  STORE_FULL: 503,
  STORE_LOCKED: 503,
  STORE_UNAVAILABLE: 503,
  STORE_VERSION: 503,
})

const RETRY_AFTER_MS = 5_000 // long enough for a disk to breathe, short enough for an impatient sender
const ISSUES = 20 // shown of a broken contract

export function problem(code: ErrorCode, detail: string, more: Partial<Problem> = {}): Problem {
  return { status: STATUS[code] ?? 500, code, detail, ...more }
}

/**
 * Any thrown thing as a problem. What went wrong inside is not told outside: from 500 on the detail is the code's advice, and the
 * message belongs in the log.
 */
export function problemOf(thrown: unknown): Problem {
  const error: TielineError = toTielineError(thrown)
  const status = STATUS[error.code] ?? 500
  const more = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }
  if (status < 500) return problem(error.code, error.message, more)
  return problem(error.code, status === 500 ? 'The gateway failed; its log says more.' : CODES[error.code].advice, more)
}

/** The JSON of a problem. */
export function problemBody(given: Problem): string {
  return JSON.stringify({
    type: 'about:blank', // RFC 9457 section 4.2.1: the status says what kind it is; `code` says more
    title: STATUS_CODES[given.status],
    status: given.status,
    detail: given.detail,
    code: given.code,
    reason: given.reason,
    id: given.id,
    issues: given.issues?.slice(0, ISSUES),
  })
}

/** Headers of a problem, name and value in turn, without those of its body. */
export function problemHeaders(given: Problem): readonly string[] {
  const { headers = [], retryAfterMs } = given
  if (given.status !== 503 && given.status !== 429 && retryAfterMs === undefined) return headers
  // RFC 9110 section 10.2.3: whole seconds
  return ['Retry-After', String(Math.max(1, Math.ceil((retryAfterMs ?? RETRY_AFTER_MS) / 1_000))), ...headers]
}
