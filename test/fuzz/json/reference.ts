const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text in bytes, where they are UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * The value in a JSON text, in a box; undefined where the text is no JSON. V8 misreads some names with an escape (nodejs/node#63785), so names
 * go through it as hexadecimal digits, and are put back afterwards.
 */
export function parsed(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!text.includes('\\')) return { value }
  } catch {
    return undefined
  }
  const coded = text.replace(TOKEN, (token, colon) => (colon === ':' ? `"n${hex(JSON.parse(token))}"` : token))
  return { value: named(JSON.parse(coded)) }
}

const hex = (name: string): string => Buffer.from(name, 'utf16le').toString('hex')

function named(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(named)
  const object = {}
  for (const [code, member] of Object.entries(value)) {
    const own = { value: named(member), writable: true, enumerable: true, configurable: true }
    Object.defineProperty(object, Buffer.from(code.slice(1), 'hex').toString('utf16le'), own)
  }
  return object
}

/** A string, with the colon behind it where it is a name, or a bracket. */
const TOKEN = /"(?:[^"\\]|\\.)*"(?=\s*(:?))|[[\]{}]/gs

/** What comes first in a JSON text: too many brackets within each other, or the name `__proto__`. Read token by token, as text. */
export function faultOf(json: string, maxDepth: number): 'deep' | 'prototype' | undefined {
  let depth = 0
  for (const [token, colon] of json.matchAll(TOKEN)) {
    if (token === '[' || token === '{') {
      if (++depth > maxDepth) return 'deep'
    } else if (token === ']' || token === '}') depth--
    else if (colon === ':' && JSON.parse(token) === '__proto__') return 'prototype'
  }
  return undefined
}
