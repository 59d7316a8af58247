import { TielineError } from '../../../core/error.ts'
import { instantOf } from '../../../core/instant.ts'
import type { Codec } from '../node.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted, twoWay } from './call.ts'

/** RFC 3339, section 5.6; a fraction of more than milliseconds would be cut off without a word. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/

function millisOf(instant: unknown): number {
  const ms = typeof instant === 'string' && INSTANT.test(instant) ? Date.parse(instant) : Number.NaN
  // Date.parse takes the 30th of February for a day in March.
  if (Number.isNaN(ms) || !isDay((instant as string).slice(0, 10))) {
    throw new TielineError('VALUE_INVALID', 'an instant is RFC 3339 text with at most milliseconds')
  }
  return ms
}

const isDay = (day: string): boolean => instantOf(Date.parse(`${day}T00:00:00Z`)).startsWith(day)

const SECONDS: Codec = twoWay(
  {
    name: 'epochSeconds',
    rule: 'seconds since 1970 to RFC 3339, UTC',
    run: (value) => instantOf(typeof value === 'number' ? value * 1_000 : Number.NaN),
  },
  { name: 'epochSeconds', rule: 'RFC 3339 to seconds since 1970', run: (instant) => millisOf(instant) / 1_000 },
)

const MILLIS: Codec = twoWay(
  {
    name: 'epochMillis',
    rule: 'milliseconds since 1970 to RFC 3339, UTC',
    run: (value) => instantOf(value as number),
  },
  { name: 'epochMillis', rule: 'RFC 3339 to milliseconds since 1970', run: millisOf },
)

/**
 * Seconds since 1970 as an RFC 3339 instant in UTC: `2026-01-31T09:05:00.000Z`. Outside the years 0 to 9999 it is a fault. It works both
 * ways, to the millisecond.
 */
export function epochSeconds<T extends number | Nil>(of: Value<T>): Lifted<T, string> {
  return call(SECONDS, of)
}

/** Milliseconds since 1970 as an RFC 3339 instant in UTC. Outside the years 0 to 9999 it is a fault. It works both ways. */
export function epochMillis<T extends number | Nil>(of: Value<T>): Lifted<T, string> {
  return call(MILLIS, of)
}
