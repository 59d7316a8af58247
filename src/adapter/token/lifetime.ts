import type { Random } from '../../port/random.ts'

const LEAST_MARGIN_MS = 60_000
const SKEW_MS = 30_000 // what the clocks of two machines may differ by, and a request may be on its way

/**
 * How long before its end a token is renewed: 10 % of its life, at least 60 s, up to half as much again by chance, so that workers do
 * not all come at once; never more than half its life. Meanwhile it is still handed out.
 */
export function renewBeforeMs(lifeMs: number, random: Random): number {
  return Math.min(lifeMs / 2, Math.max(LEAST_MARGIN_MS, lifeMs / 10) * (1 + random() / 2))
}

/** How long before its end a token is not handed out any more. */
export function lastMs(lifeMs: number): number {
  return Math.min(SKEW_MS, lifeMs / 4)
}

const QUIET_MS = 10_000
const LONGEST_QUIET_MS = 300_000

/**
 * A token younger than this is kept although the provider refuses it: one that answers 401 to everything is not to make us hammer the
 * token endpoint. Doubles with each token in a row that was refused.
 */
export function quietMs(streak: number): number {
  return Math.min(LONGEST_QUIET_MS, QUIET_MS * 2 ** streak)
}

const PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
const LONGEST_RETRY_AFTER_MS = 3_600_000

/** How long the token endpoint is left alone after so many failures in a row: equal jitter up to a minute, and at least its Retry-After up to an hour. */
export function pauseMs(failures: number, retryAfterMs: number | undefined, random: Random): number {
  const backoff = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (failures - 1)) * (0.5 + random() / 2)
  return Math.ceil(Math.max(backoff, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS)))
}
