import type { Line } from './line.ts'

/** Flows and sources as numbers. Stored as JSON: a name may hold what a PostgreSQL text cannot. */
export class Names {
  readonly #line: Line
  readonly #numbers = new Map<string, number>()
  readonly #names = new Map<number, string>()

  constructor(line: Line) {
    this.#line = line
  }

  known(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  /** The name, when this process has seen it. */
  name(number: number): string | undefined {
    return number === 0 ? '' : this.#names.get(number)
  }

  get all(): readonly [name: string, number: number][] {
    return [...this.#numbers]
  }

  /** Makes sure that these have numbers, and that this process knows them. */
  async number(names: Iterable<string>): Promise<void> {
    const missing = [...new Set(names)].filter((name) => name !== '' && !this.#numbers.has(name))
    if (missing.length === 0) return
    const texts = missing.map((name) => JSON.stringify(name))
    await this.#line.run('INSERT INTO S.name(name) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING', [
      texts,
    ])
    const { rows } = await this.#line.run('SELECT id, name FROM S.name WHERE name = ANY($1::text[])', [texts])
    this.#learn(rows)
  }

  async refresh(): Promise<void> {
    this.#learn((await this.#line.run('SELECT id, name FROM S.name')).rows)
  }

  /** Numbers that others may have given meanwhile. */
  async learn(numbers: Iterable<number>): Promise<void> {
    for (const number of numbers) if (this.name(number) === undefined) return this.refresh()
  }

  #learn(rows: readonly { readonly id: number; readonly name: string }[]): void {
    for (const { id, name } of rows) {
      const text = JSON.parse(name) as string
      this.#numbers.set(text, id)
      this.#names.set(id, text)
    }
  }
}
