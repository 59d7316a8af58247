import type { DatabaseSync } from 'node:sqlite'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { JournalEntry, Settled } from '../../../port/store.ts'
import type { Job } from './commits.ts'
import type { Trail } from './trail.ts'

/** Saga steps, before and after each effect. Work with a journal has a `wait` row that says so, so that other claims need not look. */
export function journalling(
  db: DatabaseSync,
  lanes: Lanes,
  trail: Trail,
): (entries: readonly JournalEntry[]) => Job<Settled[]> {
  const note = db.prepare(`INSERT INTO wait(id, attempt, crashes, replays, journal, due) VALUES(?, ?, ?, ?, ?, 0)
    ON CONFLICT(id) DO UPDATE SET journal = excluded.journal`)
  return (entries) => {
    let lengths = new Map<number, number>()
    return {
      weight: entries.length,
      until: 'disk',
      write: (at) =>
        entries.map((entry) => {
          const held = lanes.held(Number(entry.lease.id), entry.lease.owner, entry.lease.token)
          if (!held) return 'stale'
          const known = lanes.note(held.id)
          const length = lengths.get(held.id) ?? known.journal
          if (entry.position !== length) return 'stale'
          trail.add(
            at,
            held.id,
            { what: entry.kind, step: entry.step, ...(entry.fault ? { fault: entry.fault } : {}) },
            entry,
          )
          note.run(held.id, known.attempt, known.crashes, known.replays, length + 1)
          lengths.set(held.id, length + 1)
          return 'ok'
        }),
      kept() {
        for (const [id, journal] of lengths) lanes.setNote(id, { ...lanes.note(id), journal })
      },
      lost() {
        lengths = new Map()
      },
    }
  }
}
