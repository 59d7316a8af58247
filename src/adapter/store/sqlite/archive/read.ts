import type { DatabaseSync } from 'node:sqlite'
import type { Fault } from '../../../../core/fault.ts'
import { hash53 } from '../../../../core/hash.ts'
import { type Candidate, PAGE_ROWS, rangeOf } from '../../../../engine/move/range.ts'
import type {
  ArchivedEnvelope,
  ArchivedMessage,
  ArchivedStep,
  ArchivedWork,
  ArchivePage,
} from '../../../../port/archive.ts'
import type { TrailEntry, WorkState } from '../../../../port/store.ts'
import type { Names } from '../names.ts'

const STATES: readonly WorkState[] = ['pending', 'delivered', 'skipped', 'discarded', 'dead', 'quarantined']

interface MessageRow {
  readonly id: number
  readonly works: number
  readonly at: number
  readonly source: number
  readonly ext: string
  readonly type: string
  readonly attrs: string | null
  readonly body: Uint8Array | null
}

interface WorkRow {
  readonly id: number
  readonly msg: number
  readonly flow: number
  readonly tenant: number
  readonly key: string
  readonly effect: string
  readonly state: number
  readonly at: number
  readonly attempt: number | null
  readonly crashes: number | null
  readonly replays: number | null
  readonly journal: number | null
  readonly due: number | null
  readonly why: string | null
  readonly fault: string | null
  readonly hold: number
  readonly edited: number
  readonly body: Uint8Array | null
}

interface StepRow {
  readonly work: number
  readonly at: number
  readonly what: TrailEntry['what']
  readonly step: string | null
  readonly why: string | null
  readonly fault: string | null
  readonly position: number | null
  readonly result: string | null
  readonly owner: string | null
  readonly token: number | null
}

/** Reads messages with all their work, in ranges of ids: what belongs to one message has ids that follow one another. */
export class Reading {
  readonly #names: Names
  readonly #crashed: ReadonlySet<number>
  readonly #statements

  constructor(db: DatabaseSync, names: Names, crashed: ReadonlySet<number>) {
    this.#names = names
    this.#crashed = crashed
    this.#statements = prepare(db)
  }

  page(after: number): ArchivePage {
    const { candidates, messages, letters, works, trail } = this.#statements
    const found = candidates.map((one) => one.all(after) as unknown as Candidate[])
    const range = rangeOf(found)
    if (range === undefined) return { messages: [], next: undefined }
    const bounds = { after, end: range.end }
    const made = new Map<number, { row: MessageRow | undefined; works: ArchivedWork[]; width: number }>()
    const entry = (first: number) => {
      const known = made.get(first) ?? { row: undefined, works: [], width: 1 }
      made.set(first, known)
      return known
    }
    for (const row of messages.all(bounds) as unknown as MessageRow[]) {
      const one = entry(row.id)
      one.row = row
      one.width = row.works
    }
    // A dead letter has its own copy, for when the message is gone.
    for (const row of letters.all(bounds) as unknown as MessageRow[]) {
      const one = entry(row.id)
      one.row ??= row
      one.width = Math.max(one.width, row.works)
    }
    const trails = grouped(trail.all(bounds) as unknown as StepRow[])
    for (const row of works.all(bounds) as unknown as WorkRow[]) {
      const one = entry(row.msg)
      one.works.push(this.#work(row, trails.get(row.id) ?? []))
      one.width = Math.max(one.width, row.id - row.msg + 1)
    }
    const marks = this.#marks(after, range.end)
    const page = [...made].sort(([a], [b]) => a - b)
    return {
      messages: page.map(([first, { row, works, width }]) => this.#message(first, width, row, works, marks.get(first))),
      next: range.end,
    }
  }

  #message(
    first: number,
    width: number,
    row: MessageRow | undefined,
    works: ArchivedWork[],
    hash: number | undefined,
  ): ArchivedMessage {
    const envelope = row && this.#envelope(row)
    const known = envelope && knownAs(envelope, hash)
    return {
      first,
      width,
      works: works.sort((a, b) => a.position - b.position),
      ...(envelope ? { envelope } : {}),
      ...(row?.body ? { body: row.body } : {}),
      ...(known ? { known } : {}),
    }
  }

  #envelope({ source, ext, type, attrs, at }: MessageRow): ArchivedEnvelope {
    const attributes = attrs === null ? {} : (JSON.parse(attrs) as Record<string, string>)
    return { source: this.#names.name(source), id: ext, type, attributes, acceptedAtMs: at }
  }

  #work(row: WorkRow, trail: readonly ArchivedStep[]): ArchivedWork {
    const crash = row.state === 0 && this.#crashed.has(row.id) ? 1 : 0
    return {
      position: row.id - row.msg,
      flow: this.#names.name(row.flow),
      key: row.key,
      ...(row.tenant === 0 ? {} : { tenant: this.#names.name(row.tenant) }),
      effect: row.effect,
      state: STATES[row.state]!,
      attempt: row.attempt ?? 0,
      crashes: (row.crashes ?? 0) + crash,
      replays: row.replays ?? 0,
      journal: row.journal ?? 0,
      dueAtMs: row.due ?? 0,
      settledAtMs: row.at,
      hold: row.hold === 1,
      edited: row.edited === 1,
      trail,
      ...(row.why === null ? {} : { why: row.why }),
      ...(row.fault === null ? {} : { fault: JSON.parse(row.fault) as Fault }),
      ...(row.body === null ? {} : { body: row.body }),
    }
  }

  /** The identity hashes of these ids. */
  #marks(after: number, end: number): ReadonlyMap<number, number> {
    const { markBefore, marks } = this.#statements
    const from = Number(markBefore.get(after + 1)?.['first'] ?? 0)
    const found = new Map<number, number>()
    for (const row of marks.iterate(from, end) as Iterable<{ first: number; hashes: Uint8Array }>) {
      const hashes = new Float64Array(row.hashes.slice().buffer)
      for (let i = 0; i < hashes.length; i++) if (hashes[i] !== 0) found.set(row.first + i, hashes[i]!)
    }
    return found
  }
}

/** The hash says under which identity the message was taken in: quarantine has one of its own. */
function knownAs({ source, id }: ArchivedEnvelope, hash: number | undefined): ArchivedMessage['known'] {
  if (hash === undefined) return undefined
  const identity = `${source}\0${id}`
  if (hash === (hash53(identity) || 1)) return 'message'
  return hash === (hash53(identity, 1) || 1) ? 'quarantine' : undefined
}

function grouped(rows: readonly StepRow[]): ReadonlyMap<number, ArchivedStep[]> {
  const trails = new Map<number, ArchivedStep[]>()
  for (const { work, at, what, step, why, fault, position, result, owner, token } of rows) {
    const trail = trails.get(work) ?? []
    trails.set(work, trail)
    trail.push({
      atMs: at,
      what,
      ...(step === null ? {} : { step }),
      ...(why === null ? {} : { why }),
      ...(fault === null ? {} : { fault: JSON.parse(fault) as Fault }),
      ...(position === null ? {} : { position }),
      ...(result === null ? {} : { result }),
      ...(owner === null ? {} : { owner }),
      ...(token === null ? {} : { token }),
    })
  }
  return trails
}

function prepare(db: DatabaseSync) {
  const page = (columns: string, table: string) =>
    db.prepare(`SELECT ${columns} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${PAGE_ROWS}`)
  const range = 'id > $after AND id <= $end'
  return {
    candidates: [
      page('id AS first, id + works - 1 AS last, length(body) AS bytes', 'msg'),
      page('msg AS first, id AS last, 0 AS bytes', 'todo'),
      page('msg AS first, id AS last, 0 AS bytes', 'done'),
      page('msg AS first, id AS last, length(body) AS bytes', 'dead'),
    ],
    messages: db.prepare(`SELECT id, works, at, source, ext, type, attrs, body FROM msg WHERE ${range} ORDER BY id`),
    letters: db.prepare(`SELECT msg AS id, works, accepted AS at, source, ext, type, attrs, NULL AS body FROM dead
      WHERE ${range} ORDER BY id`),
    works:
      db.prepare(`SELECT t.id, t.msg, t.flow, t.tenant, t.key, t.effect, 0 AS state, 0 AS at, w.attempt, w.crashes, w.replays, w.journal, w.due,
        w.why, w.fault, 0 AS hold, w.body IS NOT NULL AS edited, w.body
      FROM todo t LEFT JOIN wait w ON w.id = t.id WHERE t.id > $after AND t.id <= $end
      UNION ALL SELECT id, msg, flow, tenant, key, effect, state, at, attempt, crashes, replays, 0, 0, why, NULL, 0, 0, NULL FROM done WHERE ${range}
      UNION ALL SELECT id, msg, flow, tenant, key, effect, state, at, attempt, crashes, replays, journal, 0, why, fault, hold, edited, body FROM dead
        WHERE ${range}`),
    trail: db.prepare(`SELECT work, at, what, step, why, fault, position, result, owner, token FROM trail
      WHERE work > $after AND work <= $end ORDER BY work, n`),
    markBefore: db.prepare('SELECT max(first) AS first FROM mark WHERE first <= ?'),
    marks: db.prepare('SELECT first, hashes FROM mark WHERE first >= ? AND first <= ?'),
  }
}
