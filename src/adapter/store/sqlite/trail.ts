import type { DatabaseSync } from 'node:sqlite'
import type { Fault } from '../../../core/fault.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import type { JournalEntry, Lease, TrailEntry } from '../../../port/store.ts'

export const TRAIL_LIMIT = 100

interface TrailRow {
  readonly at: number
  readonly what: TrailEntry['what']
  readonly step: string | null
  readonly why: string | null
  readonly fault: string | null
  readonly position: number
  readonly result: string | null
  readonly owner: string
  readonly token: number
}

/** What happened to pieces of work, insert-only: for people, and as the journal of a saga. */
export class Trail {
  readonly #insert
  readonly #last
  readonly #journal

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`INSERT INTO trail(work, n, at, what, step, why, fault, position, result, owner, token)
      SELECT $work, coalesce(max(n), 0) + 1, $at, $what, $step, $why, $fault, $position, $result, $owner, $token
      FROM trail WHERE work = $work`)
    this.#last = db.prepare(
      `SELECT at, what, step, why, fault FROM trail WHERE work = ? ORDER BY n DESC LIMIT ${TRAIL_LIMIT}`,
    )
    this.#journal = db.prepare(`SELECT what, step, fault, position, result, owner, token FROM trail
      WHERE work = ? AND position IS NOT NULL ORDER BY n`)
  }

  add(at: Moment, work: number, entry: Omit<TrailEntry, 'atMs'>, journal?: JournalEntry): void {
    this.#insert.run({
      work,
      at: at.now,
      what: entry.what,
      step: entry.step ?? null,
      why: entry.why ?? null,
      fault: entry.fault ? JSON.stringify(entry.fault) : null,
      position: journal?.position ?? null,
      result: journal?.result ?? null,
      owner: journal?.lease.owner ?? null,
      token: journal?.lease.token ?? null,
    })
  }

  /** The last entries, oldest first. */
  of(work: number): TrailEntry[] {
    const rows = this.#last.all(work) as unknown as TrailRow[]
    return rows.reverse().map((row) =>
      Object.freeze({
        atMs: row.at,
        what: row.what,
        ...(row.step === null ? {} : { step: row.step }),
        ...(row.why === null ? {} : { why: row.why }),
        ...(row.fault === null ? {} : { fault: JSON.parse(row.fault) as Fault }),
      }),
    )
  }

  journal(work: number): JournalEntry[] {
    const rows = this.#journal.all(work) as unknown as TrailRow[]
    return rows.map((row) => {
      const lease: Lease = { id: String(work), owner: row.owner, token: row.token }
      return Object.freeze({
        lease,
        position: row.position,
        step: row.step ?? '',
        kind: row.what as JournalEntry['kind'],
        ...(row.result === null ? {} : { result: row.result }),
        ...(row.fault === null ? {} : { fault: JSON.parse(row.fault) as Fault }),
      })
    })
  }
}
