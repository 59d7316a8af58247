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
    const place = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1]
    throw malformed(
      `${what} is not JSON: it ${place === undefined ? 'ends too early' : `goes wrong at position ${place}`}`,
    )
  }
}

function malformed(message: string): TielineError {
  return new TielineError('BODY_MALFORMED', message)
}
