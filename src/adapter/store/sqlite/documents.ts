import type { DatabaseSync } from 'node:sqlite'
import type { Document, DocumentChange, Settled } from '../../../port/store.ts'
import type { Job } from './commits.ts'

interface DocumentRow {
  readonly version: number
  readonly body: string
  readonly expires: number | null
}

/** Versioned documents; one that has expired counts as missing, but its version still grows. */
export class Documents {
  readonly #get
  readonly #put
  readonly #drop

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT version, body, expires FROM doc WHERE key = ?')
    this.#put = db.prepare(`INSERT INTO doc(key, version, body, expires) VALUES(?, ?, ?, ?)
      ON CONFLICT(key) DO UPDATE SET version = excluded.version, body = excluded.body, expires = excluded.expires`)
    this.#drop = db.prepare('DELETE FROM doc WHERE key = ?')
  }

  read(now: number, keys: readonly string[]): Document[] {
    return keys.flatMap((key) => {
      const row = this.#row(key)
      if (!row || !live(row, now)) return []
      const { version, body, expires } = row
      return [Object.freeze(expires === null ? { key, version, body } : { key, version, body, expiresAtMs: expires })]
    })
  }

  write(changes: readonly DocumentChange[]): Job<Settled[]> {
    return {
      weight: changes.length,
      until: 'disk',
      write: (at) =>
        changes.map((change) => {
          const row = this.#row(change.key)
          if ((row && live(row, at.now) ? row.version : 0) !== change.expected) return 'stale'
          if (change.body === null) this.#drop.run(change.key)
          else {
            const expires = change.expiresInMs === undefined ? null : Math.ceil(at.now + change.expiresInMs)
            this.#put.run(change.key, (row?.version ?? 0) + 1, change.body, expires)
          }
          return 'ok'
        }),
    }
  }

  #row(key: string): DocumentRow | undefined {
    return this.#get.get(key) as DocumentRow | undefined
  }
}

function live(row: DocumentRow, now: number): boolean {
  return row.expires === null || row.expires > now
}
