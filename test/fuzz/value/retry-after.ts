import { retryAfterMs } from '../../../src/declare/fault/retry-after.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Told {
  readonly header: string
  readonly nowMs: number
}

const NOW_MS = Date.UTC(2026, 8, 1, 10)
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const VALID = [
  '0',
  '1',
  '120',
  '1.5',
  '2592001',
  'Tue, 01 Sep 2026 10:02:00 GMT',
  'Tuesday, 01-Sep-26 10:02:00 GMT',
  'Tue Sep  1 10:02:00 2026',
  'Sun, 29 Feb 2032 23:59:59 GMT',
  'Fri, 31 Dec 1999 23:59:59 GMT',
]
const LONGEST_MS = 30 * 86_400_000

export const retryAfter: AnyTarget = target<Told, 'agrees' | 'bounded'>({
  name: 'retry-after',
  about: 'Retry-After of a provider: seconds or an HTTP-date',
  laws: {
    agrees: 'seconds, and dates that are on the calendar, are the pause that they say; what is neither is none',
    bounded: 'a pause is whole milliseconds from 0 to 30 days',
  },
  make: (chance) => {
    const header = chance.one(VALID)
    return { header: chance.once(8) ? header : mutateText(chance, header, chance.one(VALID)), nowMs: NOW_MS }
  },
  check({ header, nowMs }, broken) {
    const found = retryAfterMs(header, nowMs)
    if (found !== undefined && !(Number.isInteger(found) && found >= 0 && found <= LONGEST_MS))
      broken('bounded', String(found))
    const wanted = pauseOf(header.trim(), nowMs)
    if (found !== wanted) broken('agrees', `${found}, not ${wanted}`)
  },
  grow: { to: 16_384, run: (text) => retryAfterMs(text, NOW_MS) },
})

function pauseOf(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), LONGEST_MS)
  const at = dateOf(text, nowMs)
  return at === undefined ? undefined : Math.min(Math.max(at - nowMs, 0), LONGEST_MS)
}

/** RFC 9110 section 5.6.7, by its parts; a date that is not on the calendar is none. The name of the day is not looked at. */
function dateOf(text: string, nowMs: number): number | undefined {
  const fixed = /^[A-Z][a-z]{2}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text)
  const rfc850 = /^[A-Z][a-z]{5,8}, (\d\d)-(\w{3})-(\d\d) (\d\d:\d\d:\d\d) GMT$/.exec(text)
  const asctime = /^[A-Z][a-z]{2} (\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text)
  const [day, month, year, time] =
    asctime === null ? ((fixed ?? rfc850)?.slice(1) ?? []) : [asctime[2], asctime[1], asctime[4], asctime[3]]
  if (day === undefined || month === undefined || year === undefined || time === undefined) return undefined
  const [hour, minute, second] = time.split(':').map(Number) as [number, number, number]
  const fullYear = Number(year.length === 4 ? year : `20${year}`)
  const date = new Date(0)
  date.setUTCFullYear(fullYear, MONTHS.indexOf(month), Number(day))
  date.setUTCHours(hour, minute, second)
  const onCalendar =
    date.getUTCDate() === Number(day) && MONTHS[date.getUTCMonth()] === month && hour < 24 && minute < 60 && second < 60
  if (!onCalendar) return undefined
  const farAhead = year.length === 2 && date.getTime() > nowMs + 50 * 365.25 * 86_400_000
  return farAhead ? date.setUTCFullYear(fullYear - 100) : date.getTime()
}
