import { isJsonType, mediaTypeOf } from '../../core/media-type.ts'
import { SIGNED_HEADERS } from '../verify/verifier.ts'
import type { Arrival } from './arrival.ts'
import { type Problem, problem } from './problem.ts'

/** Headers that must come once: two of them could mean one thing to a proxy and another here. All `ce-` headers too. */
const ONCE: ReadonlySet<string> = new Set([
  ...SIGNED_HEADERS,
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'origin',
  'traceparent',
  'transfer-encoding',
])

/** What is wrong with the headers of a request, before its body is read. */
export function checkHeaders(arrival: Arrival, maxHeaders: number): Problem | undefined {
  const { headers, rawHeaders } = arrival
  if (rawHeaders.length > 2 * maxHeaders) {
    return problem('HEADERS_REFUSED', `more than ${maxHeaders} header lines`, { status: 431 })
  }
  // node:http keeps the first of a repeated header, or joins them: then there are fewer names than lines.
  if (Object.keys(headers).length * 2 !== rawHeaders.length) {
    const twice = repeated(rawHeaders)
    if (twice !== undefined) return problem('HEADERS_REFUSED', `the header ${twice} is there more than once`)
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return problem('CONTENT_TYPE_REFUSED', 'Content-Encoding: only identity is taken', {
      headers: ['Accept-Encoding', 'identity'], // RFC 9110 section 15.5.16
    })
  }
  return undefined
}

/** What is wrong with the length that a request announces. */
export function checkLength(arrival: Arrival, maxBytes: number): Problem | undefined {
  const length = arrival.headers['content-length']
  if (length === undefined || Number(length) <= maxBytes) return undefined
  return problem('BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes`)
}

/** 415 unless the body says to be JSON in UTF-8. */
export function checkJsonType(arrival: Arrival): Problem | undefined {
  const contentType = arrival.headers['content-type']
  // The two spellings of nearly all senders, Stripe's second.
  if (contentType === 'application/json' || contentType === 'application/json; charset=utf-8') return undefined
  if (contentType !== undefined && isJsonType(mediaTypeOf(contentType)) && isUtf8Type(contentType)) return undefined
  return problem('CONTENT_TYPE_REFUSED', 'Content-Type: only application/json and +json types in UTF-8 are taken')
}

/** RFC 8259 section 8.1: JSON between systems is UTF-8; some senders say so. */
function isUtf8Type(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset)
}

function repeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    if (seen.has(name) && (ONCE.has(name) || name.startsWith('ce-'))) return name
    seen.add(name)
  }
  return undefined
}
