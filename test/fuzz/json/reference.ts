const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text in bytes, where they are UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** The value in a JSON text, in a box; undefined where the text is no JSON. */
export function parsed(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/**
 * Whether a name in a JSON text is written with an escape. V8 reads some of them as another name (`"\\n"` as `"\\"`, once an object with the
 * name `\\` was read: nodejs/node#63785, open for Node 24 and 26), so values of such texts are not compared.
 */
export function hasEscapedName(json: string): boolean {
  if (!json.includes('\\')) return false
  for (const [token, colon] of json.matchAll(TOKEN)) if (colon === ':' && token.includes('\\')) return true
  return false
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
