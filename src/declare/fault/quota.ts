import type { Quota } from '../target/operation.ts'
import { type Member, structuredList } from './structured-list.ts'

type Headers = Readonly<Record<string, string>>

/** Nobody is held longer by a header: its unit may be misread, and what lasts longer is learned again from the next answer. */
const LONGEST_MS = 3_600_000
const MOST_CALLS = 1_000_000_000

/**
 * What an answer says of the calls that are left, by `RateLimit` with `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10, and
 * the form of -07), `RateLimit-*`, `X-RateLimit-*` and `X-Rate-Limit-*`. Of several limits the one with the least calls left counts.
 * Undefined: nothing, or nothing that can be understood. At most an hour; a hint, never a promise.
 */
export function quotaOf(headers: Headers): Quota | undefined {
  if (Number(headers['age'] ?? 0) > 0) return undefined // from a cache: it is not about now
  return least([...ofField(headers), ...PREFIXES.map((prefix) => ofTriple(headers, prefix))])
}

/** The one with the least calls left; of equals the one that lasts longest. */
export function least(quotas: readonly (Quota | undefined)[]): Quota | undefined {
  const known = quotas.filter((one) => one !== undefined)
  return known.sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs)[0]
}

/** Undefined unless both are numbers, 0 or more. */
export function quota(remaining: number | undefined, resetMs: number | undefined): Quota | undefined {
  if (remaining === undefined || resetMs === undefined || !(remaining >= 0) || !(resetMs >= 0)) return undefined
  return Object.freeze({
    remaining: Math.min(Math.floor(remaining), MOST_CALLS),
    resetMs: Math.min(Math.ceil(resetMs), LONGEST_MS),
  })
}

/** A header that is a whole number, 0 or more. */
export function count(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}

/** `RateLimit: "default";r=50;t=30`, and `limit=100, remaining=50, reset=30` as the draft had it before its version 8. */
function ofField(headers: Headers): readonly (Quota | undefined)[] {
  const limits = structuredList(headers['ratelimit'] ?? '') ?? []
  const policies = structuredList(headers['ratelimit-policy'] ?? '') ?? []
  const named = (key: string): number | undefined => numberIn(limits.find((one) => one.key === key)?.value)
  const items = limits.filter(({ key, value }) => key === undefined && typeof value === 'string')
  return [quota(named('remaining'), seconds(named('reset'))), ...items.map((limit) => ofItem(limit, policies))]
}

function ofItem({ value, parameters }: Member, policies: readonly Member[]): Quota | undefined {
  const policy = policies.find((one) => one.value === value)?.parameters
  const unit = policy?.get('qu')
  if (unit !== undefined && unit !== 'requests') return undefined // bytes, or calls at the same time
  // Without a reset there is more after the policy's window at the latest.
  return quota(numberIn(parameters.get('r')), seconds(numberIn(parameters.get('t')) ?? numberIn(policy?.get('w'))))
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function seconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 1_000
}

const PREFIXES = ['ratelimit', 'x-ratelimit', 'x-rate-limit']

function ofTriple(headers: Headers, prefix: string): Quota | undefined {
  return quota(count(headers[`${prefix}-remaining`]), resetMs(headers[`${prefix}-reset`], headers['date']))
}

/**
 * A reset is in seconds from now as the drafts have it, or a time since 1970 in seconds (GitHub) or milliseconds. No delay is so long
 * that it could be a time, and no time so early that it could be a delay; what is between is neither. A time is held against the
 * answer's own Date, so that no clock of ours matters.
 */
function resetMs(text: string | undefined, date: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? ''
  if (!/^\d{1,14}(\.\d{1,9})?$/.test(trimmed)) return undefined
  const value = Number(trimmed)
  if (value < 1e8) return value * 1_000 // three years
  if (value < 1e9) return undefined
  const atMs = value < 1e11 ? value * 1_000 : value < 1e12 ? Number.NaN : value // 1e9 s: the year 2001
  const nowMs = HTTP_DATE.test(date ?? '') ? Date.parse(date ?? '') : Number.NaN
  return Math.max(0, atMs - nowMs)
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
