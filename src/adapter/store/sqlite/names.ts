import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Names of flows and sources as small numbers. Few, and declared; they live in memory whole. */
export class Names {
  readonly #names: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #insert: StatementSync
  #kept: number

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO name(id, name) VALUES(?, ?)')
    const rows = db.prepare('SELECT id, name FROM name ORDER BY id').all() as unknown as { id: number; name: string }[]
    for (const { id, name } of rows) {
      this.#names[id] = name
      this.#numbers.set(name, id)
    }
    this.#kept = this.#names.length
  }

  get all(): readonly string[] {
    return this.#names
  }

  /** Inside a transaction: a new name is stored with it. */
  number(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#names.push(name) - 1
      this.#numbers.set(name, number)
      this.#insert.run(number, name)
    }
    return number
  }

  known(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  name(number: number): string {
    return this.#names[number] ?? ''
  }

  keep(): void {
    this.#kept = this.#names.length
  }

  /** The transaction failed: its new names are not on disk. */
  forget(): void {
    for (const name of this.#names.splice(this.#kept)) this.#numbers.delete(name)
  }
}
