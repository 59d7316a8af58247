import { TielineError } from '../../core/error.ts'
import { instantOf } from '../../core/instant.ts'

/** Ids, types and other names from outside are at most so long, in characters: they become keys, labels and log fields. */
const LONGEST = 255

/**
 * A field without which a request is no event.
 * @throws {TielineError} BODY_MALFORMED naming the field
 */
export function eventText(value: unknown, field: string, longest: number = LONGEST): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value
  throw malformed(`${field}: expected text of 1 to ${longest} characters`)
}

/** The body as a JSON object. @throws {TielineError} BODY_MALFORMED */
export function eventObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Readonly<Record<string, unknown>>
  throw malformed('the body is not a JSON object')
}

export function malformed(what: string): TielineError {
  return new TielineError('BODY_MALFORMED', what)
}

const FIRST_MS = -62_167_219_200_000 // 0000-01-01, RFC 3339 has no earlier year
const LAST_MS = 253_402_300_799_999 // the end of 9999, and no later one

/** Milliseconds since 1970 as the `time` attribute of a CloudEvent, where they are a time at all. */
export function timeAttribute(ms: unknown): { readonly time?: string } {
  if (typeof ms !== 'number' || !(ms >= FIRST_MS && ms <= LAST_MS)) return {}
  return { time: instantOf(ms) }
}
