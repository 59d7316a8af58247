import { isCalendarDate } from './calendar.ts'
import { type SharedType, textType } from './shared-type.ts'

/**
 * A moment with its offset, kept as it was told: no digit of a fraction is lost, and `+02:00` stays what it was. `T` and `Z` are upper case.
 * A leap second, `23:59:60Z`, is one.
 */
export const instant: SharedType<string> = textType('instant', {
  pattern:
    /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,12})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
  max: 38,
  also: (text) => isCalendarDate(text.slice(0, 10)) && (text.slice(17, 19) !== '60' || isLeapSecond(text)),
  expected: 'expected an instant with its offset, such as 2026-01-31T09:05:00Z',
  semantics: { means: 'a moment in time', zone: 'offset' },
  spec: 'RFC 3339, section 5.6',
  examples: ['2026-01-31T09:05:00Z', '2024-02-29T23:59:59.123456789+02:00', '2016-12-31T23:59:60Z'],
  rejects: [
    '2026-01-31T09:05:00',
    '2026-02-30T09:05:00Z',
    '2023-02-29T00:00:00Z',
    '2026-01-31 09:05:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T09:05:60Z',
    '2026-01-31',
    1769850300,
  ],
})

/** One is added at the end of a day in UTC, whatever the offset. */
function isLeapSecond(text: string): boolean {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(text)
  const minutes = offset === null ? 0 : (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]))
  const local = Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16))
  return (((local - minutes) % 1440) + 1440) % 1440 === 1439
}
