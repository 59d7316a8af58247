import { isCalendarDate } from './calendar.ts'
import { type SharedType, textType } from './shared-type.ts'

/** A day of the calendar without a time and without a zone: a birthday, a due date. */
export const localDate: SharedType<string> = textType('localDate', {
  pattern: /^\d{4}-\d\d-\d\d$/,
  max: 10,
  also: isCalendarDate,
  expected: 'expected a day, such as 2026-01-31',
  semantics: { means: 'a day of the calendar, wherever one is', precision: 'day' },
  spec: 'RFC 3339, full-date',
  examples: ['2026-01-31', '2024-02-29'],
  rejects: ['2023-02-29', '2026-13-01', '2026-1-1', '2026-00-10', '20260131', '2026-01-31T00:00:00Z'],
})
