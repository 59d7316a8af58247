import { stringEnd } from './json-guard.ts'

/** Where a value stands in JSON bytes. */
export interface Span {
  readonly start: number
  /** One past its last byte. */
  readonly end: number
}

const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const QUOTE = 0x22
const COMMA = 0x2c

/** The values in an array. The bytes must be JSON that a parser took, and an array must begin at `at`, white space aside. */
export function elementSpans(json: Uint8Array, at = 0): readonly Span[] {
  const spans: Span[] = []
  let next = afterSpace(json, afterSpace(json, at) + 1)
  while (next < json.length && json[next] !== CLOSE_ARRAY) {
    const end = valueEnd(json, next)
    spans.push({ start: next, end })
    next = afterComma(json, end)
  }
  return spans
}

/**
 * The values in an object by key, the last one where a key is repeated, as `JSON.parse` does. So the bytes of a part can be kept as they
 * came: parsing and writing again would round numbers beyond 2^53. The bytes must be JSON that a parser took.
 */
export function memberSpans(json: Uint8Array, at = 0): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>()
  const text = new TextDecoder()
  let next = afterSpace(json, afterSpace(json, at) + 1)
  while (next < json.length && json[next] !== CLOSE_OBJECT) {
    const keyEnd = stringEnd(json, next + 1) + 1
    const key = JSON.parse(text.decode(json.subarray(next, keyEnd))) as string
    const start = afterSpace(json, afterSpace(json, keyEnd) + 1)
    const end = valueEnd(json, start)
    spans.set(key, { start, end })
    next = afterComma(json, end)
  }
  return spans
}

function valueEnd(json: Uint8Array, start: number): number {
  const first = json[start]
  if (first === QUOTE) return stringEnd(json, start + 1) + 1
  if (first === OPEN_ARRAY || first === OPEN_OBJECT) return nestEnd(json, start)
  let at = start
  while (at < json.length && !endsLiteral(json[at]!)) at++
  return at
}

function nestEnd(json: Uint8Array, start: number): number {
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const byte = json[at]!
    if (byte === QUOTE) at = stringEnd(json, at + 1)
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++
    else if ((byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) && --depth === 0) return at + 1
  }
  return json.length
}

function endsLiteral(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || byte <= 0x20
}

function afterComma(json: Uint8Array, at: number): number {
  const next = afterSpace(json, at)
  return json[next] === COMMA ? afterSpace(json, next + 1) : next
}

function afterSpace(json: Uint8Array, at: number): number {
  let next = at
  while (next < json.length && json[next]! <= 0x20) next++
  return next
}
