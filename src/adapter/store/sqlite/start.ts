import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { Counter } from './counts.ts'
import type { Dedupe } from './dedupe.ts'
import type { Inflight } from './inflight.ts'

const MARK_ROWS = 1_000
/** The next tenant that has work: from one entry of the index to the next one that differs, however much lies between. */
const NEXT_TENANT = `SELECT flow, tenant FROM todo INDEXED BY tenant WHERE tenant > 0 AND (flow, tenant) > (?, ?) ORDER BY flow, tenant LIMIT 1`

/** One transaction at the start: a new epoch for tokens, and a crash for every piece of work that was leased when the process died. */
export function recover(db: DatabaseSync, counter: Counter, inflight: Inflight): void {
  const crash = db.prepare(`INSERT INTO wait(id, attempt, crashes, replays, journal, due)
    SELECT id, 0, 1, 0, 0, 0 FROM todo WHERE id = ? ON CONFLICT(id) DO UPDATE SET crashes = crashes + 1`)
  db.exec('BEGIN IMMEDIATE')
  // A process that died between this commit and its own beginning of the file must not make these crashes count twice.
  for (const id of inflight.left(counter.now.opened)) crash.run(id)
  counter.now.opened++
  counter.save()
  db.exec('COMMIT')
  counter.keep()
  inflight.reset(counter.now.opened)
}

/** Holds and backlogs, as far as the lanes must know them before the first claim. */
export function restoreLanes(db: DatabaseSync, counter: Counter, lanes: Lanes): void {
  const holds = db.prepare('SELECT lane, id FROM dead WHERE hold = 1').iterate() as Iterable<{
    lane: number
    id: number
  }>
  for (const { lane, id } of holds) lanes.hold(lane, id)
  for (const flow of Object.keys(counter.now.flows)) lanes.behind(Number(flow), 0)
  const tenants = db.prepare(NEXT_TENANT)
  const after = (flow: number, tenant: number) => tenants.get(flow, tenant) as Place | undefined
  for (let place = after(0, 0); place; place = after(place.flow, place.tenant))
    lanes.behind(place.flow, 0, place.tenant)
}

interface Place {
  readonly flow: number
  readonly tenant: number
}

/** Known messages, in pages: those of the newest `ids` ids. */
export async function restoreMarks(db: DatabaseSync, dedupe: Dedupe, ids: number): Promise<void> {
  const page = db.prepare('SELECT first, hashes FROM mark WHERE first >= ? ORDER BY first LIMIT ?')
  for (let next = await oldest(db, ids); ; await turn()) {
    const rows = page.all(next, MARK_ROWS) as unknown as { first: number; hashes: Uint8Array }[]
    for (const row of rows) {
      const hashes = new Float64Array(row.hashes.slice().buffer)
      for (let i = 0; i < hashes.length; i++) if (hashes[i] !== 0) dedupe.add(hashes[i]!, row.first + i)
    }
    if (rows.length < MARK_ROWS) return
    next = rows.at(-1)!.first + 1
  }
}

/** Where the newest so many ids begin. Counted, for work that was moved here from another store has gaps between its ids. */
async function oldest(db: DatabaseSync, ids: number): Promise<number> {
  const page = db.prepare('SELECT first, length(hashes) AS bytes FROM mark WHERE first < ? ORDER BY first DESC LIMIT ?')
  for (let before = Number.MAX_SAFE_INTEGER, left = ids * Float64Array.BYTES_PER_ELEMENT; ; await turn()) {
    const rows = page.all(before, MARK_ROWS) as unknown as { first: number; bytes: number }[]
    for (const { first, bytes } of rows) {
      left -= bytes
      if (left <= 0) return first
    }
    if (rows.length < MARK_ROWS) return 0
    before = rows.at(-1)!.first
  }
}
