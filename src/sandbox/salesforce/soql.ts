import { type Literal, type Token, tokensOf, wrong } from './token.ts'

export interface Condition {
  readonly field: string
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'IN' | 'NOT IN'
  readonly values: readonly Literal[]
}

export interface Select {
  readonly fields: readonly string[]
  readonly from: string
  /** All must hold. */
  readonly where: readonly Condition[]
  readonly order: readonly { readonly field: string; readonly descending: boolean }[]
  readonly limit: number | undefined
}

const OPERATORS = ['=', '!=', '<=', '>=', '<', '>'] as const

/** `SELECT a, b FROM X [WHERE a = 'x' [AND …]] [ORDER BY a [ASC|DESC], …] [LIMIT n]`. @throws {Refusal} 400 MALFORMED_QUERY */
export function parseSoql(text: string): Select {
  const reader = new Reader(tokensOf(text))
  reader.expect(reader.word('SELECT'), 'SELECT')
  const fields = reader.list(() => reader.name())
  reader.expect(reader.word('FROM'), 'FROM')
  const from = reader.name()
  const where = reader.word('WHERE') ? conditions(reader) : []
  const order = reader.word('ORDER') ? orderOf(reader) : []
  const limit = reader.word('LIMIT') ? reader.value() : undefined
  if (limit !== undefined && typeof limit !== 'number') throw wrong('unexpected token: expected a number')
  reader.expect(reader.ended, 'the end')
  return { fields, from, where, order, limit }
}

function conditions(reader: Reader): readonly Condition[] {
  const all = [condition(reader)]
  while (reader.word('AND')) all.push(condition(reader))
  return all
}

function condition(reader: Reader): Condition {
  const field = reader.name()
  const not = reader.word('NOT')
  if (reader.word('IN')) {
    reader.expect(reader.sign('('), '(')
    const values = reader.list(() => reader.value())
    reader.expect(reader.sign(')'), ')')
    return { field, operator: not ? 'NOT IN' : 'IN', values }
  }
  const operator = OPERATORS.find((one) => reader.sign(one))
  if (operator === undefined || not) throw wrong('unexpected token: expected an operator')
  return { field, operator, values: [reader.value()] }
}

function orderOf(reader: Reader): Select['order'] {
  reader.expect(reader.word('BY'), 'BY')
  return reader.list(() => {
    const field = reader.name()
    const descending = reader.word('DESC')
    if (!descending) reader.word('ASC')
    return { field, descending }
  })
}

/** Takes tokens one after the other: a word or sign is taken only if it is the one that is named. */
class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get ended(): boolean {
    return this.#at === this.#tokens.length
  }

  word(text: string): boolean {
    const token = this.#tokens[this.#at]
    const met = token?.kind === 'word' && token.text.toUpperCase() === text
    if (met) this.#at += 1
    return met
  }

  sign(text: string): boolean {
    const token = this.#tokens[this.#at]
    const met = token?.kind === 'sign' && token.text === text
    if (met) this.#at += 1
    return met
  }

  name(): string {
    const token = this.#tokens[this.#at++]
    if (token?.kind === 'word') return token.text
    throw wrong('unexpected token: expected a name')
  }

  value(): Literal {
    const token = this.#tokens[this.#at++]
    if (token?.kind === 'value') return token.value
    throw wrong('unexpected token: expected a value')
  }

  list<T>(one: () => T): readonly T[] {
    const all = [one()]
    while (this.sign(',')) all.push(one())
    return all
  }

  expect(met: boolean, what: string): void {
    if (!met) throw wrong(`unexpected token: expected ${what}`)
  }
}
