import type { DatabaseSync } from 'node:sqlite'
import type { Fault } from '../../../core/fault.ts'
import { hash53 } from '../../../core/hash.ts'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { History, Page, Query, StoreStatus, WorkRow, WorkState } from '../../../port/store.ts'
import type { Counter } from './counts.ts'
import type { Dedupe } from './dedupe.ts'
import type { Names } from './names.ts'
import type { Trail } from './trail.ts'

export interface DeskParts {
  readonly db: DatabaseSync
  readonly lanes: Lanes
  readonly names: Names
  readonly counter: Counter
  readonly dedupe: Dedupe
  readonly trail: Trail
}

/** Rows of one table that one `find` looks through. */
const LOOK = 5_000

const STATES: readonly WorkState[] = ['pending', 'delivered', 'skipped', 'discarded', 'dead', 'quarantined']

interface Found {
  readonly id: number
  readonly state: number
  readonly flow: number
  readonly tenant: number
  readonly key: string
  readonly effect: string
  readonly source: number | null
  readonly ext: string | null
  readonly type: string | null
  readonly attrs: string | null
  readonly attempt: number | null
  readonly crashes: number | null
  readonly replays: number | null
  readonly accepted: number | null
  readonly settled: number | null
  readonly due: number | null
  readonly why: string | null
  readonly fault: string | null
  readonly body?: Uint8Array | null
}

type Numbers = { flow?: number; tenant?: number; source?: number }

const MESSAGE = 'm.source, m.ext, m.type, m.attrs, m.at AS accepted'

/** The three homes of work, each as the same columns. */
const HOMES = [
  {
    table: 'todo',
    states: ['pending'],
    alias: 't',
    source: 'm',
    columns: `t.id, 0 AS state, t.flow, t.tenant, t.key, t.effect, ${MESSAGE}, w.attempt, w.crashes, w.replays, NULL AS settled, w.due, w.why, w.fault`,
    body: 'coalesce(w.body, m.body) AS body',
    from: 'todo t JOIN msg m ON m.id = t.msg LEFT JOIN wait w ON w.id = t.id',
    fault: 'w.fault',
  },
  {
    table: 'done',
    states: ['delivered', 'skipped', 'discarded'],
    alias: 't',
    source: 'm',
    columns: `t.id, t.state, t.flow, t.tenant, t.key, t.effect, ${MESSAGE}, t.attempt, t.crashes, t.replays, t.at AS settled, NULL AS due, t.why, NULL AS fault`,
    body: 'm.body',
    from: 'done t LEFT JOIN msg m ON m.id = t.msg',
    fault: 'NULL',
  },
  {
    table: 'dead',
    states: ['dead', 'quarantined'],
    alias: 't',
    source: 't',
    columns: `t.id, t.state, t.flow, t.tenant, t.key, t.effect, t.source, t.ext, t.type, t.attrs, t.accepted, t.attempt, t.crashes, t.replays,
      t.at AS settled, NULL AS due, t.why, t.fault`,
    body: 't.body',
    from: 'dead t',
    fault: 't.fault',
  },
] as const

/** What an operator sees. Every call is bounded: it looks through so many rows and no more, and says where to go on. */
export class Desk {
  readonly #parts: DeskParts
  readonly #history
  readonly #oldest

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#history = HOMES.map((home) =>
      parts.db.prepare(`SELECT ${home.columns}, ${home.body} FROM ${home.from} WHERE t.id = ?`),
    )
    this.#oldest = parts.db.prepare('SELECT m.at FROM todo t JOIN msg m ON m.id = t.msg ORDER BY t.id LIMIT 1')
  }

  history(works: readonly string[]): History[] {
    return works.flatMap((work) => {
      const id = Number(work)
      if (!Number.isSafeInteger(id)) return []
      for (const statement of this.#history) {
        const row = statement.get(id) as unknown as Found | undefined
        if (row) return [this.#whole(row)]
      }
      return []
    })
  }

  find(query: Query): Page<WorkRow> {
    const numbers = this.#numbers(query)
    if (!numbers) return { items: [] }
    const before = query.after === undefined ? Number.MAX_SAFE_INTEGER : Number(query.after)
    const homes = HOMES.filter((home) => !query.states || home.states.some((state) => query.states!.includes(state)))
    const only = this.#onlyMessage(query)
    // One floor for all homes, so that a page is newest first across them.
    const floor = only ? 0 : Math.max(0, ...homes.map((home) => this.#floor(home.table, before)))
    const found = homes.flatMap((home) => this.#look(home, query, numbers, before, floor, only))
    const rows = found.sort((a, b) => b.id - a.id).slice(0, query.limit)
    const items = rows.map((row) => this.#row(row))
    if (found.length > rows.length) return { items, next: String(rows.at(-1)!.id) }
    return floor > 0 ? { items, next: String(floor) } : { items }
  }

  status(now: number): StoreStatus {
    const { counter, lanes, names } = this.#parts
    const { accepted, duplicates, delivered, skipped, dead, discarded, quarantined } = counter.now
    const flows = Object.entries(counter.now.flows).map(([flow, pending]) => ({
      flow: names.name(Number(flow)),
      pending,
    }))
    const pending = flows.reduce((sum, flow) => sum + flow.pending, 0)
    const oldest = pending > 0 ? this.#oldest.get()?.['at'] : undefined
    return Object.freeze({
      accepted,
      duplicates,
      delivered,
      skipped,
      dead,
      discarded,
      quarantined,
      pending,
      leased: lanes.leased,
      waiting: lanes.waiting,
      oldestMs: typeof oldest === 'number' ? Math.max(0, now - oldest) : 0,
      flows,
    })
  }

  /** Names as numbers; undefined when one is unknown, so that nothing can be found. */
  #numbers(query: Query): Numbers | undefined {
    const { names } = this.#parts
    const numbers: Numbers = {}
    for (const field of ['flow', 'tenant', 'source'] as const) {
      const name = query[field]
      if (name === undefined) continue
      const number = names.known(name)
      if (number === undefined) return undefined
      numbers[field] = number
    }
    return numbers
  }

  /** Where a message of this id may be, by the dedupe table: a few candidates instead of a scan. */
  #onlyMessage(query: Query): readonly number[] | undefined {
    if (query.id === undefined) return undefined
    const { names, dedupe } = this.#parts
    const candidates: number[] = []
    for (const source of query.source === undefined ? names.all : [query.source]) {
      for (const seed of [0, 1]) {
        dedupe.find(hash53(`${source}\0${query.id}`, seed) || 1, (id) => {
          candidates.push(id)
          return false
        })
      }
    }
    return candidates.length > 0 ? candidates : undefined
  }

  #floor(table: string, before: number): number {
    const row = this.#parts.db
      .prepare(`SELECT id FROM ${table} WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ${LOOK}`)
      .get(before)
    return row ? Number(row['id']) : 0
  }

  #look(
    home: (typeof HOMES)[number],
    query: Query,
    numbers: Numbers,
    before: number,
    floor: number,
    only: readonly number[] | undefined,
  ): Found[] {
    const where = ['t.id < ?', 't.id >= ?']
    const values: (number | string)[] = [before, floor]
    const add = (condition: string, ...bound: (number | string)[]): void => {
      where.push(condition)
      values.push(...bound)
    }
    if (query.states && home.table !== 'todo') {
      const states = query.states.map((state) => STATES.indexOf(state))
      add(`t.state IN (${states.map(() => '?').join(', ')})`, ...states)
    }
    if (numbers.flow !== undefined) add('t.flow = ?', numbers.flow)
    if (numbers.tenant !== undefined) add('t.tenant = ?', numbers.tenant)
    if (query.key !== undefined) add('t.key = ?', query.key)
    if (numbers.source !== undefined) add(`${home.source}.source = ?`, numbers.source)
    if (query.id !== undefined) add(`${home.source}.ext = ?`, query.id)
    if (query.fingerprint !== undefined) add(`json_extract(${home.fault}, '$.fingerprint') = ?`, query.fingerprint)
    if (only) {
      const works = `SELECT id FROM ${home.table} WHERE ${only.map(() => `(id >= ? AND id < ? + ${MAX_WORKS})`).join(' OR ')}`
      add(`t.id IN (${works})`, ...only.flatMap((id) => [id, id]))
    }
    const sql = `SELECT ${home.columns} FROM ${home.from} WHERE ${where.join(' AND ')} ORDER BY t.id DESC LIMIT ?`
    return this.#parts.db.prepare(sql).all(...values, query.limit + 1) as unknown as Found[]
  }

  #row(found: Found): WorkRow {
    const { names, lanes } = this.#parts
    const held = found.state === 0 ? lanes.holder(found.id) : undefined
    return Object.freeze({
      work: String(found.id),
      source: names.name(found.source ?? 0),
      id: found.ext ?? '',
      type: found.type ?? '',
      flow: names.name(found.flow),
      key: found.key,
      ...(found.tenant === 0 ? {} : { tenant: names.name(found.tenant) }),
      state: STATES[found.state]!,
      attempts: found.attempt ?? 0,
      crashes: found.crashes ?? 0,
      replays: found.replays ?? 0,
      acceptedAtMs: found.accepted ?? 0,
      ...(found.settled === null ? {} : { settledAtMs: found.settled }),
      ...(found.due === null || found.due === 0 ? {} : { dueAtMs: found.due }),
      ...(held ? { owner: held.owner } : {}),
      ...(found.why === null ? {} : { why: found.why }),
      ...(found.fault === null ? {} : { fault: JSON.parse(found.fault) as Fault }),
    })
  }

  #whole(found: Found): History {
    const body = found.body
    return Object.freeze({
      ...this.#row(found),
      effect: found.effect,
      attributes: found.attrs === null ? {} : (JSON.parse(found.attrs) as Record<string, string>),
      ...(body ? { body } : {}),
      trail: this.#parts.trail.of(found.id),
    })
  }
}

/** Most pieces of work that one message is looked for in. */
const MAX_WORKS = 1_000
