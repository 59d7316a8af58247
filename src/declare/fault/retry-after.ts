/** No pause is longer, whatever the other side writes: 30 days. The flow's `maxRetryAfter` is the limit that counts. */
const LONGEST_MS = 2_592_000_000
const FIFTY_YEARS_MS = 1_577_880_000_000

const SECONDS = /^\d+(\.\d+)?$/
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
/** The three forms of an HTTP-date (RFC 9110 section 5.6.7): IMF-fixdate, RFC 850, asctime. */
const DATES = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
]

/**
 * Milliseconds to wait by a Retry-After header (RFC 9110 section 10.2.3): whole seconds, or a date. Fractions of a second are outside
 * the RFC and in use; a date in the past is 0. Undefined when there is none, or it is neither.
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim()
  if (text === undefined || text === '') return undefined
  if (SECONDS.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), LONGEST_MS)
  const at = dateOf(text, nowMs)
  return at === undefined ? undefined : Math.min(Math.max(at - nowMs, 0), LONGEST_MS)
}

/** Milliseconds since 1970 of a date that is on the calendar. `Date` alone would take `10:02:80`, and 31 February for 3 March. */
function dateOf(text: string, nowMs: number): number | undefined {
  for (const form of DATES) {
    const found = form.exec(text)?.groups
    if (found === undefined) continue
    const { day = '', month = '', year = '', time = '' } = found
    const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0')
    const at = Date.parse(`${year.length === 2 ? `20${year}` : year}-${number}-${day.replace(' ', '0')}T${time}Z`)
    if (new Date(at).getUTCDate() !== Number(day)) return undefined
    // The RFC: two digits that seem more than 50 years ahead mean the last such year that is past.
    return year.length === 2 && at - nowMs > FIFTY_YEARS_MS ? 0 : at
  }
  return undefined
}
