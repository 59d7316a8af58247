import { invalidQuery, type Token, tokensOf } from './token.ts'

export type Value = string | number | null

export interface Statement {
  /** Undefined: all of them. */
  readonly columns: readonly string[] | undefined
  readonly from: string
  readonly where: readonly Condition[]
  readonly order: readonly { readonly column: string; readonly descending: boolean }[]
}

export interface Condition {
  readonly column: string
  readonly operator: '=' | '<>' | '<' | '>' | '<=' | '>=' | 'in' | 'is null' | 'is not null'
  readonly values: readonly Value[]
}

/**
 * The part of SuiteQL that the model knows: `SELECT a, b FROM t WHERE a = 'x' AND b IN (1, 2) AND c IS NOT NULL ORDER BY a DESC`.
 * @throws {Refusal} 400 for anything else
 */
export function parse(text: string): Statement {
  const rest = [...tokensOf(text)]
  const is = (word: string): boolean => {
    const [first] = rest
    return first !== undefined && 'text' in first && first.kind !== 'text' && first.text.toLowerCase() === word
  }
  const take = (...words: readonly string[]): boolean => {
    if (!is(words[0] ?? '')) return false
    for (const word of words) {
      if (!is(word)) throw wrong()
      rest.shift()
    }
    return true
  }
  const wrong = () => invalidQuery(shown(rest[0]))
  const need = (...words: readonly string[]): void => {
    if (!take(...words)) throw wrong()
  }
  const column = (): string => {
    const token = rest.shift()
    if (token?.kind !== 'word') throw invalidQuery(shown(token))
    return (token.text.split('.').at(-1) ?? '').toLowerCase()
  }
  const listed = <T>(one: () => T): readonly T[] => {
    const all = [one()]
    while (take(',')) all.push(one())
    return all
  }
  const value = (): Value => {
    if (take('null')) return null
    if (take('(')) {
      need('-')
      const minus = value()
      need(')')
      if (typeof minus !== 'number') throw wrong()
      return -minus
    }
    const token = rest.shift()
    if (token?.kind === 'text') return token.text
    if (token?.kind === 'number') return token.value
    throw invalidQuery(shown(token))
  }
  const condition = (): Condition => {
    const name = column()
    if (take('is')) {
      const operator = take('not') ? 'is not null' : 'is null'
      need('null')
      return { column: name, operator, values: [] }
    }
    if (take('in')) {
      need('(')
      const values = listed(value)
      need(')')
      return { column: name, operator: 'in', values }
    }
    const operator = (['=', '<>', '!=', '<=', '>=', '<', '>'] as const).find((sign) => take(sign))
    if (operator === undefined) throw wrong()
    return { column: name, operator: operator === '!=' ? '<>' : operator, values: [value()] }
  }
  need('select')
  const columns = take('*') ? undefined : listed(column)
  need('from')
  const from = column()
  const where: Condition[] = []
  if (take('where')) {
    do where.push(condition())
    while (take('and'))
  }
  const term = () => {
    const name = column()
    const descending = take('desc')
    if (!descending) take('asc')
    return { column: name, descending }
  }
  const order = take('order', 'by') ? listed(term) : []
  if (rest.length > 0) throw wrong()
  return { columns, from, where, order }
}

const shown = (token: Token | undefined): string =>
  token === undefined ? 'the end' : token.kind === 'number' ? String(token.value) : token.text.slice(0, 40)
