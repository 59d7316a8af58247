import type { Session } from './session.ts'

/** Names of flows and sources, which the tables hold as numbers. */
export class Numbers {
  readonly #session: Session
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #names = new Map<number, string>([[0, '']])

  constructor(session: Session) {
    this.#session = session
  }

  async load(): Promise<void> {
    const { rows } = await this.#session.ask('SELECT id, name FROM S.name')
    for (const { id, name } of rows) {
      const text = JSON.parse(name) as string
      this.#numbers.set(text, id)
      this.#names.set(id, text)
    }
  }

  /** Makes sure that these have numbers. */
  async know(names: Iterable<string>): Promise<void> {
    const missing = [...new Set(names)].filter((name) => !this.#numbers.has(name))
    if (missing.length === 0) return
    const texts = missing.map((name) => JSON.stringify(name))
    await this.#session.ask('INSERT INTO S.name(name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [texts])
    await this.load()
  }

  name(number: number): string {
    return this.#names.get(number) ?? ''
  }

  number(name: string): number {
    return this.#numbers.get(name)!
  }
}
