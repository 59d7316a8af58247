import { Refusal } from '../refusal.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'sign'; readonly text: string }

const PATTERN =
  /\s*(?:(?<word>[A-Za-z_]\w*(?:\.\w+)?)|'(?<text>(?:[^']|'')*)'|(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<sign><>|!=|<=|>=|[-=<>(),*]))/iy

/** The words of a statement. A text ends at a quote that is not doubled. @throws {Refusal} 400 where it is none of this */
export function tokensOf(statement: string): readonly Token[] {
  const tokens: Token[] = []
  const source = statement.trimEnd()
  PATTERN.lastIndex = 0
  while (PATTERN.lastIndex < source.length) {
    const at = PATTERN.lastIndex
    const found = PATTERN.exec(source)?.groups
    if (found === undefined) throw invalidQuery(source.slice(at, at + 40))
    const { word, text, number, sign } = found
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'") })
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) })
    else tokens.push({ kind: 'sign', text: sign ?? '' })
  }
  return tokens
}

export const invalidQuery = (near: string): Refusal =>
  new Refusal(
    400,
    'INVALID_PARAMETER',
    `Invalid search query. Detailed unprocessed description follows: near ${near}`,
    'q',
  )
