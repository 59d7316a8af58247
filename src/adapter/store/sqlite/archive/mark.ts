import type { DatabaseSync } from 'node:sqlite'
import { MARK } from '../../../../engine/move/mark.ts'

/** The mark of a move, as it is stored. */
export function markOf(db: DatabaseSync): string | undefined {
  const row = db.prepare('SELECT body FROM doc WHERE key = ?').get(MARK)
  return row && String(row['body'])
}
