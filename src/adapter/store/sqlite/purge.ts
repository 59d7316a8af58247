import type { DatabaseSync } from 'node:sqlite'
import type { Job } from './commits.ts'
import type { Dedupe } from './dedupe.ts'

/** Rows looked at per row that may go: work that waited long leaves young rows among old ones. */
const LOOK = 4

/** Drops finished work in small commits, along the id order, from where the last call stopped. */
export class Purge {
  readonly #statements
  readonly #dedupe: Dedupe
  #cursor = 0

  constructor(db: DatabaseSync, dedupe: Dedupe) {
    this.#dedupe = dedupe
    this.#statements = {
      page: db.prepare(`SELECT d.id, d.msg, d.at, m.at AS accepted FROM done d LEFT JOIN msg m ON m.id = d.msg
        WHERE d.id > ? ORDER BY d.id LIMIT ?`),
      done: db.prepare('DELETE FROM done WHERE id = ?'),
      trail: db.prepare('DELETE FROM trail WHERE work = ?'),
      message: db.prepare(`DELETE FROM msg WHERE id = $msg
        AND NOT EXISTS(SELECT 1 FROM todo WHERE id >= $msg AND id < $msg + works AND msg = $msg)
        AND NOT EXISTS(SELECT 1 FROM done WHERE id >= $msg AND id < $msg + works AND msg = $msg)`),
      documents: db.prepare('DELETE FROM doc WHERE key IN (SELECT key FROM doc WHERE expires <= ? LIMIT ?)'),
      marks: db.prepare(
        'DELETE FROM mark WHERE first IN (SELECT first FROM mark WHERE first < ? ORDER BY first LIMIT ?)',
      ),
      marksFrom: db.prepare('SELECT max(first) AS first FROM mark WHERE first <= ?'),
    }
  }

  /** One commit's worth. Answers how many rows went, and whether there may be more. */
  job(olderThanMs: number, limit: number): Job<{ gone: number; more: boolean }> {
    let cursor = this.#cursor
    return {
      weight: limit,
      until: 'commit',
      write: (at) => {
        const before = at.now - olderThanMs
        const rows = this.#statements.page.all(this.#cursor, limit * LOOK) as unknown as {
          id: number
          msg: number
          at: number
          accepted: number | null
        }[]
        let gone = 0
        let more = rows.length === limit * LOOK
        cursor = more ? rows.at(-1)!.id : 0
        for (const row of rows) {
          // Whatever was accepted later ended later too.
          if (row.accepted !== null && row.accepted > before) {
            cursor = 0
            more = false
            break
          }
          if (row.at > before) continue
          this.#statements.done.run(row.id)
          this.#statements.trail.run(row.id)
          this.#statements.message.run({ msg: row.msg })
          if (++gone < limit) continue
          cursor = row.id
          more = true
          break
        }
        gone += Number(this.#statements.documents.run(before, limit - gone).changes)
        this.#marks(limit)
        return { gone, more }
      },
      kept: () => {
        this.#cursor = cursor
      },
    }
  }

  /** Marks that no generation remembers. */
  #marks(limit: number): void {
    if (this.#dedupe.from === 0) return
    const row = this.#statements.marksFrom.get(this.#dedupe.from)
    if (row?.['first']) this.#statements.marks.run(row['first'], limit)
  }
}
