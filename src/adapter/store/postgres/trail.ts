import type { JournalEntry, TrailEntry } from '../../../port/store.ts'

/** Most entries that an operator is shown. */
export const TRAIL_LIMIT = 100

interface Entry extends TrailEntry {
  readonly result?: string
  readonly owner?: string
  readonly token?: number
}

/**
 * The journals of several pieces of work, by work id. Rows in the order in which they were written: an entry whose answer was lost may be there
 * twice, and the later one counts.
 */
export function journalOf(
  rows: readonly { readonly work: number; readonly position: number; readonly entry: string }[],
): ReadonlyMap<number, JournalEntry[]> {
  const journals = new Map<number, JournalEntry[]>()
  for (const { work, position, entry } of rows) {
    const { what, step, fault, result, owner, token } = JSON.parse(entry) as Entry
    const journal = journals.get(work) ?? []
    journals.set(work, journal)
    if (position > journal.length) continue // nothing stands before it: it cannot be understood
    journal[position] = Object.freeze({
      lease: { id: String(work), owner: owner!, token: token! },
      position,
      step: step!,
      kind: what as JournalEntry['kind'],
      ...(result === undefined ? {} : { result }),
      ...(fault === undefined ? {} : { fault }),
    })
  }
  return journals
}

export function trailEntryOf(entry: string): TrailEntry {
  const { atMs, what, step, why, fault } = JSON.parse(entry) as Entry
  return Object.freeze({
    atMs,
    what,
    ...(step === undefined ? {} : { step }),
    ...(why === undefined ? {} : { why }),
    ...(fault === undefined ? {} : { fault }),
  })
}
