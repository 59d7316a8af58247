import { instantOf } from '../../../core/instant.ts'
import type { Codec } from '../node.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted } from './call.ts'

const SECONDS: Codec = Object.freeze({
  name: 'epochSeconds',
  rule: 'seconds since 1970 to RFC 3339, UTC',
  run: (value: unknown) => instantOf(typeof value === 'number' ? value * 1_000 : Number.NaN),
})

const MILLIS: Codec = Object.freeze({
  name: 'epochMillis',
  rule: 'milliseconds since 1970 to RFC 3339, UTC',
  run: (value: unknown) => instantOf(value as number),
})

/** Seconds since 1970 as an RFC 3339 instant in UTC: `2026-01-31T09:05:00.000Z`. Outside the years 0 to 9999 it is a fault. */
export function epochSeconds<T extends number | Nil>(of: Value<T>): Lifted<T, string> {
  return call(SECONDS, of)
}

/** Milliseconds since 1970 as an RFC 3339 instant in UTC. Outside the years 0 to 9999 it is a fault. */
export function epochMillis<T extends number | Nil>(of: Value<T>): Lifted<T, string> {
  return call(MILLIS, of)
}
