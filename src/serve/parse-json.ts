import { isUtf8 } from 'node:buffer'
import { TielineError } from '../core/error.ts'
import { guardJson } from '../core/json-guard.ts'

/**
 * Parses JSON that came from outside: valid UTF-8, not nested too far, no `__proto__`. The error says where and never what: a body may
 * hold what does not belong into an answer or a log.
 * @param what how messages call the bytes: `the body`, `data_base64`
 * @throws {TielineError} BODY_MALFORMED
 */
export function parseJson(bytes: Buffer, maxDepth: number, what = 'the body'): unknown {
  if (!isUtf8(bytes)) throw malformed(`${what} is not valid UTF-8`)
  const fault = guardJson(bytes, maxDepth)
  if (fault === 'deep') throw malformed(`${what} is nested deeper than ${maxDepth} levels`)
  if (fault === 'prototype') throw malformed(`${what} has an object with the key "__proto__"`)
  try {
    return JSON.parse(bytes.toString())
  } catch (thrown) {
    throw malformed(`${what} is not JSON${placeOf(thrown instanceof Error ? thrown.message : '')}`)
  }
}

/** Where the parser stopped, if it says so: it may quote the text, so only the end of its sentence is its own. */
function placeOf(message: string): string {
  const place = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1]
  if (place !== undefined) return `: it goes wrong at position ${place}`
  return message.startsWith('Unexpected end') ? ': it ends too early' : ''
}

function malformed(message: string): TielineError {
  return new TielineError('BODY_MALFORMED', message)
}
