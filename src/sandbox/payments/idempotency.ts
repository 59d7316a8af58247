import type { ProviderAnswer } from '../provider.ts'
import { Refusal } from './refusal.ts'

interface Kept {
  readonly path: string
  readonly fingerprint: string
  readonly answer: ProviderAnswer
  readonly requestId: string
  readonly busyUntilMs: number
  readonly untilMs: number
}

export interface Attempt {
  readonly key: string
  readonly path: string
  /** The parameters, written so that equal ones are equal text. */
  readonly fingerprint: string
  readonly nowMs: number
  readonly busyMs: number
  readonly requestId: string
  readonly run: () => ProviderAnswer
}

const KEPT_MS = 86_400_000 // "after they're at least 24 hours old"
const KEY_LIMIT = 255

/**
 * Stripe's idempotent requests: the first answer to a key is kept, be it 200, 402 or 500, and given again for the same parameters.
 * An answer is not kept when the operation did not start: bad parameters, a conflict. Source: docs.stripe.com/api/idempotent_requests.
 */
export class IdempotentAnswers {
  readonly #kept = new Map<string, Kept>()
  /** Requests that were answered from here. */
  repeats = 0

  /** @throws {Refusal} 400 for other parameters or a bad key, 409 while the first request with this key is in progress. */
  answer(attempt: Attempt): ProviderAnswer {
    const { key, nowMs } = attempt
    if (key.length > KEY_LIMIT) {
      throw new Refusal(400, 'invalid_request_error', `Idempotency keys can have up to ${KEY_LIMIT} characters.`)
    }
    this.#forget(nowMs)
    const kept = this.#kept.get(key)
    if (kept) return this.#again(kept, attempt)
    const answer = attempt.run()
    if (started(answer)) {
      const { path, fingerprint, requestId, busyMs } = attempt
      this.#kept.set(key, {
        path,
        fingerprint,
        answer,
        requestId,
        busyUntilMs: nowMs + busyMs,
        untilMs: nowMs + KEPT_MS,
      })
    }
    return answer
  }

  /** `idempotency_error` is by definition a key with another request; a key in use is an invalid request. */
  #again(kept: Kept, { key, path, fingerprint, nowMs }: Attempt): ProviderAnswer {
    if (nowMs < kept.busyUntilMs) {
      throw new Refusal(
        409,
        'invalid_request_error',
        `There is currently another in-progress request using this Idempotency-Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        { code: 'idempotency_key_in_use' },
      )
    }
    if (kept.path !== path) {
      throw new Refusal(
        400,
        'idempotency_error',
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${kept.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      )
    }
    if (kept.fingerprint !== fingerprint) {
      throw new Refusal(
        400,
        'idempotency_error',
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      )
    }
    this.repeats += 1
    const headers = { ...kept.answer.headers, 'idempotent-replayed': 'true', 'original-request': kept.requestId }
    return { ...kept.answer, headers }
  }

  /** Keys expire in the order in which they came. */
  #forget(nowMs: number): void {
    for (const [key, kept] of this.#kept) {
      if (kept.untilMs > nowMs) return
      this.#kept.delete(key)
    }
  }
}

/** Answers of an operation that began: success, a declined card, a failure in the middle. */
const started = ({ status }: ProviderAnswer): boolean => status < 400 || status === 402 || status >= 500
