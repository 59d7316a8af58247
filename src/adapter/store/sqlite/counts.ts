import type { DatabaseSync, StatementSync } from 'node:sqlite'

export interface Counts {
  /** Last id given out. */
  last: number
  /** Times that the store was opened: the upper half of lease tokens. */
  opened: number
  accepted: number
  duplicates: number
  delivered: number
  skipped: number
  dead: number
  discarded: number
  quarantined: number
  /** Pending work per flow number. */
  flows: Record<number, number>
}

const NONE: Counts = {
  last: 0,
  opened: 0,
  accepted: 0,
  duplicates: 0,
  delivered: 0,
  skipped: 0,
  dead: 0,
  discarded: 0,
  quarantined: 0,
  flows: {},
}

/** The durable counters: one small row, written once per group commit, in its transaction. */
export class Counter {
  now: Counts
  #kept: string
  #saved: string
  readonly #update: StatementSync

  constructor(db: DatabaseSync) {
    const row = db.prepare('SELECT body FROM count WHERE id = 1').get()
    this.#kept = this.#saved = row ? String(row['body']) : ''
    this.now = { ...structuredClone(NONE), ...(row ? (JSON.parse(this.#kept) as Counts) : {}) }
    this.#update = db.prepare(
      'INSERT INTO count(id, body) VALUES(1, ?) ON CONFLICT(id) DO UPDATE SET body = excluded.body',
    )
  }

  pending(flow: number, by: 1 | -1): void {
    const count = (this.now.flows[flow] ?? 0) + by
    if (count > 0) this.now.flows[flow] = count
    else delete this.now.flows[flow]
  }

  /** Last statement of a transaction. */
  save(): void {
    this.#saved = JSON.stringify(this.now)
    if (this.#saved !== this.#kept) this.#update.run(this.#saved)
  }

  keep(): void {
    this.#kept = this.#saved
  }

  forget(): void {
    this.now = this.#kept === '' ? structuredClone(NONE) : (JSON.parse(this.#kept) as Counts)
  }
}
