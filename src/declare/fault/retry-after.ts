/** No pause is longer, whatever the other side writes: 30 days. The flow's `maxRetryAfter` is the limit that counts. */
const LONGEST_MS = 2_592_000_000

const SECONDS = /^\d+(\.\d+)?$/
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
/** The three forms of an HTTP-date (RFC 9110 section 5.6.7): IMF-fixdate, RFC 850, asctime. Anything else would be guessed at by `Date`. */
const DATES = [
  new RegExp(`^[A-Z][a-z]{2}, \\d{2} (?:${MONTHS}) \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, \\d{2}-(?:${MONTHS})-\\d{2} \\d{2}:\\d{2}:\\d{2} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} (?:${MONTHS}) [ \\d]\\d \\d{2}:\\d{2}:\\d{2} \\d{4}$`),
]

/**
 * Milliseconds to wait by a Retry-After header (RFC 9110 section 10.2.3): whole seconds, or a date. Fractions of a second are outside
 * the RFC and in use; a date in the past is 0. Undefined when there is none, or it is neither.
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim()
  if (text === undefined || text === '') return undefined
  if (SECONDS.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), LONGEST_MS)
  if (!DATES.some((form) => form.test(text))) return undefined
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - nowMs, 0), LONGEST_MS)
}
