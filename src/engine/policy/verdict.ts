import type { ErrorCode } from '../../core/codes.ts'
import { TielineError } from '../../core/error.ts'
import type { Verdict } from './admission.ts'

/** What a failure says of the provider's health. What is not listed says nothing: a lost lease, a closed gate, a mistake of ours, a credential. */
const VERDICTS: Readonly<Partial<Record<ErrorCode, Verdict>>> = Object.freeze({
  HTTP_TIMEOUT: 'failed',
  HTTP_CONNECT: 'failed',
  HTTP_BROKEN: 'failed',
  PROVIDER_FAULT: 'failed',
  PROVIDER_BUSY: 'failed',
  PROVIDER_ANSWER: 'failed', // a page of the proxy in place of an answer
  PROVIDER_REFUSED: 'ok', // it works, and says no
  HTTP_REDIRECT: 'ok',
  HTTP_TOO_LARGE: 'ok',
})

export function verdictOf(thrown: unknown): Verdict {
  return thrown instanceof TielineError ? (VERDICTS[thrown.code] ?? 'none') : 'none'
}
