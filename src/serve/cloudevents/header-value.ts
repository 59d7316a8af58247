import { isUtf8 } from 'node:buffer'

const QUOTED = /^"(?:[^"\\]|\\.)*"$/
const ESCAPE = /%(?:([0-9A-Fa-f]{2})|)/g

/**
 * The attribute value in a header (CloudEvents 1.0.2, HTTP Protocol Binding, 3.1.3.2): an optional quoted string is opened, percent
 * escapes are decoded one round, and what results must be UTF-8. `undefined` where it is not, or where `%` begins no escape.
 * @param value as node:http gives it: one character for each byte
 */
export function decodeHeaderValue(value: string): string | undefined {
  const text = QUOTED.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
  let whole = true
  const latin1 = text.replace(ESCAPE, (_, hex: string | undefined) => {
    if (hex === undefined) whole = false
    return String.fromCharCode(Number.parseInt(hex ?? '0', 16))
  })
  if (!whole) return undefined
  const bytes = Buffer.from(latin1, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : undefined
}
