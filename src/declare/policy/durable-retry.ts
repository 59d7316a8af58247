import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { fullJitter } from './backoff.ts'

/** How a flow tries again through the store: the message waits on disk, at the head of its lane. */
export interface RetrySpec {
  /** Attempts in all, the first included. Default 12. */
  readonly attempts?: number
  /** First pause at most so long. Default `'1s'`. */
  readonly base?: Duration
  /** No pause of ours is longer. Default `'1h'`. */
  readonly max?: Duration
  /** A provider's Retry-After is honoured up to here. Default `'24h'`. */
  readonly maxRetryAfter?: Duration
}

export interface DurableRetry {
  readonly attempts: number
  readonly baseMs: number
  readonly maxMs: number
  readonly maxRetryAfterMs: number
}

export function durableRetry(spec: RetrySpec = {}): DurableRetry {
  const { attempts = 12, base = '1s', max = '1h', maxRetryAfter = '24h' } = spec
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new TielineError('DECLARATION_INVALID', `retry attempts ${attempts}: use a whole number of 1 or more`)
  }
  return Object.freeze({
    attempts,
    baseMs: milliseconds(base),
    maxMs: milliseconds(max),
    maxRetryAfterMs: milliseconds(maxRetryAfter),
  })
}

/** The pause after failed attempt `attempt` (from 0); never shorter than the provider asked for, within the declared maximum. */
export function pauseMs(
  retry: DurableRetry,
  attempt: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const ours = fullJitter(attempt, retry.baseMs, retry.maxMs, random)
  return Math.max(ours, Math.min(retryAfterMs ?? 0, retry.maxRetryAfterMs))
}
