import { Refusal } from './refusal.ts'

/** A value of a condition. Dates and times are kept as they are written. */
export type Literal = string | number | boolean | null | { readonly time: string }

export type Token =
  | { readonly kind: 'word' | 'sign'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Literal }

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
}
const PLACES: readonly (readonly [RegExp, (text: string) => Token | undefined])[] = [
  [/\s+/y, () => undefined],
  [/'(?:[^'\\]|\\[\s\S])*'/y, (text) => ({ kind: 'value', value: unquoted(text.slice(1, -1)) })],
  [/\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?/y, (text) => ({ kind: 'value', value: { time: text } })],
  [/-?\d+(?:\.\d+)?/y, (text) => ({ kind: 'value', value: Number(text) })],
  [/(?:true|false|null)\b/iy, (text) => ({ kind: 'value', value: JSON.parse(text.toLowerCase()) as boolean | null })],
  [/[A-Za-z]\w*(?:\.[A-Za-z]\w*)*/y, (text) => ({ kind: 'word', text })],
  [/!=|<=|>=|[=<>(),]/y, (text) => ({ kind: 'sign', text })],
]

export const wrong = (message: string): Refusal => new Refusal(400, 'MALFORMED_QUERY', message)

/** @throws {Refusal} 400 MALFORMED_QUERY */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const before = at
    for (const [pattern, make] of PLACES) {
      pattern.lastIndex = at
      const found = pattern.exec(text)?.[0]
      if (found === undefined) continue
      const token = make(found)
      if (token !== undefined) tokens.push(token)
      at += found.length
      break
    }
    if (at === before) throw wrong(`unexpected token: '${text.slice(at, at + 20)}'`)
  }
  return tokens
}

function unquoted(text: string): string {
  if (/[\r\n]/.test(text)) throw wrong('Line breaks not allowed in string literals')
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (whole, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    const plain = ESCAPES[code.toLowerCase()]
    if (plain === undefined) throw wrong(`Illegal string literal: Invalid string literal '${whole}'`)
    return plain
  })
}
