import type { Fault } from '../../../core/fault.ts'
import { laneId } from '../../../engine/lanes/lane-id.ts'
import type { History, Page, Query, StoreStatus, WorkRow, WorkState } from '../../../port/store.ts'
import { identity } from './batch.ts'
import { deliveryOf, type Head } from './head.ts'
import { decodeIds } from './inflight.ts'
import type { Line } from './line.ts'
import { BLOCK, NOW } from './migrations.ts'
import type { Names } from './names.ts'
import { TRAIL_LIMIT, trailEntryOf } from './trail.ts'

export interface DeskParts {
  readonly line: Line
  readonly names: Names
  readonly worker: () => number
  /** Who of this process holds a piece of work, and how many it holds. */
  readonly owner: (id: number) => string | undefined
  readonly leased: () => number
}

/** Rows of one table that one `find` looks through. */
const LOOK = 5_000

const STATES: readonly WorkState[] = ['pending', 'delivered', 'skipped', 'discarded', 'dead', 'quarantined']

interface Found {
  readonly id: number
  readonly msg: number
  readonly state: number
  readonly flow: number
  readonly source: number | null
  readonly head: string | null
  readonly accepted: number | null
  readonly attempt: number | null
  readonly crashes: number | null
  readonly replays: number | null
  readonly settled: number | null
  readonly due: number | null
  readonly why: string | null
  readonly fault: string | null
  readonly body?: Buffer | null
}

/** The three homes of work, each as the same columns. */
const HOMES = [
  {
    table: 'todo',
    states: ['pending'],
    source: 'm',
    columns: `t.id, t.msg, 0 AS state, t.flow, m.source, m.head, m.at AS accepted, w.attempt, w.crashes, w.replays, NULL::bigint AS settled, w.due,
      w.why, w.fault`,
    body: 'coalesce(w.body, m.body) AS body',
    from: 'S.todo t JOIN S.msg m ON m.id = t.msg AND m.day = t.day LEFT JOIN S.wait w ON w.id = t.id',
    fault: 'w.fault',
  },
  {
    table: 'done',
    states: ['delivered', 'skipped', 'discarded'],
    source: 'm',
    columns: `t.id, t.msg, t.state, t.flow, m.source, m.head, m.at AS accepted, t.attempt, t.crashes, t.replays, t.at AS settled,
      NULL::bigint AS due, t.why, NULL AS fault`,
    body: 'm.body',
    from: 'S.done t LEFT JOIN S.msg m ON m.id = t.msg AND m.day = t.msg_day',
    fault: 'NULL',
  },
  {
    table: 'dead',
    states: ['dead', 'quarantined'],
    source: 't',
    columns: `t.id, t.msg, t.state, t.flow, t.source, t.head, t.accepted, t.attempt, t.crashes, t.replays, t.at AS settled, NULL::bigint AS due,
      t.why, t.fault`,
    body: 't.body',
    from: 'S.dead t',
    fault: 't.fault',
  },
] as const

/** What an operator sees. Every call is bounded: it looks through so many rows and no more, and says where to go on. */
export class Desk {
  readonly #parts: DeskParts
  /** No pending work has a smaller id, but for replays: where to look for the oldest. */
  #floor = 0

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  async history(works: readonly string[]): Promise<History[]> {
    const ids = works.map(Number).filter(Number.isSafeInteger)
    const found = new Map<number, Found>()
    for (const home of HOMES) {
      const rows = await this.#ask(
        `SELECT ${home.columns}, ${home.body} FROM ${home.from} WHERE t.id = ANY($1::bigint[])`,
        [ids],
      )
      for (const row of rows as Found[]) if (!found.has(row.id)) found.set(row.id, row)
    }
    await this.#learn([...found.values()])
    const held = await this.#held([...found.values()])
    const trails = await this.#trails([...found.keys()])
    return ids.flatMap((id) => {
      const row = found.get(id)
      return row ? [this.#whole(row, held, trails.get(id) ?? [])] : []
    })
  }

  async find(query: Query): Promise<Page<WorkRow>> {
    const { names } = this.#parts
    // A key alone is looked for in every flow, those of other processes included.
    const everywhere = query.key !== undefined && query.flow === undefined
    if (everywhere || [query.flow, query.source].some((name) => name !== undefined && names.known(name) === undefined))
      await names.refresh()
    if ([query.flow, query.source].some((name) => name !== undefined && names.known(name) === undefined))
      return { items: [] }
    const before = query.after === undefined ? Number.MAX_SAFE_INTEGER : Number(query.after)
    const homes = HOMES.filter((home) => !query.states || home.states.some((state) => query.states!.includes(state)))
    const only = await this.#onlyMessage(query)
    // One floor for all homes, so that a page is newest first across them.
    const floors = only ? [] : await Promise.all(homes.map((home) => this.#floorOf(home.table, before)))
    const floor = Math.max(0, ...floors)
    const found = (await Promise.all(homes.map((home) => this.#look(home, query, before, floor, only)))).flat()
    await this.#learn(found)
    const fitting = found.filter((row) => this.#fits(row, query)).sort((a, b) => b.id - a.id)
    const rows = fitting.slice(0, query.limit)
    const held = await this.#held(rows)
    const items = rows.map((row) => this.#row(row, held))
    if (fitting.length > rows.length) return { items, next: String(rows.at(-1)!.id) }
    // A page that the statement itself cut short goes on behind its last row, whether or not that one fits.
    const cut = found.length > query.limit ? Math.min(...found.map((row) => row.id)) : floor
    return cut > 0 ? { items, next: String(cut) } : { items }
  }

  async status(): Promise<StoreStatus> {
    const { names, leased, worker } = this.#parts
    const [[sums], flows, [now], others] = await Promise.all([
      this.#ask(`SELECT coalesce(sum(accepted), 0) AS accepted, coalesce(sum(duplicates), 0) AS duplicates, coalesce(sum(delivered), 0) AS delivered,
        coalesce(sum(skipped), 0) AS skipped, coalesce(sum(dead), 0) AS dead, coalesce(sum(discarded), 0) AS discarded,
        coalesce(sum(quarantined), 0) AS quarantined FROM S.tally`),
      this.#ask(
        'SELECT flow, sum(pending) AS pending FROM S.tally WHERE flow > 0 GROUP BY flow HAVING sum(pending) > 0 ORDER BY flow',
      ),
      this.#ask(
        `SELECT (SELECT count(*) FROM (SELECT lane FROM S.dead WHERE hold UNION
            SELECT t.lane FROM S.wait w JOIN S.todo t ON t.id = w.id WHERE w.due > ${NOW}) x) AS waiting,
          o.id, ${NOW} - m.at AS age
        FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT id, msg, day FROM S.todo WHERE id >= $1 ORDER BY id LIMIT 1) o ON true
        LEFT JOIN S.msg m ON m.id = o.msg AND m.day = o.day`,
        [this.#floor],
      ),
      this.#ask('SELECT ids FROM S.inflight WHERE worker <> $1', [worker()]),
    ])
    const ids = others.flatMap((row) => decodeIds(row.ids))
    const [elsewhere] = await this.#ask(
      'SELECT count(*) AS n FROM unnest($1::bigint[]) AS x(id) JOIN S.todo t ON t.id = x.id',
      [ids],
    )
    this.#floor = now.id ?? this.#floor
    await names.learn(flows.map((row) => row.flow))
    const pending = flows.reduce((sum, row) => sum + row.pending, 0)
    return Object.freeze({
      ...sums,
      pending,
      leased: leased() + elsewhere.n,
      waiting: now.waiting,
      oldestMs: now.age === null ? 0 : Math.max(0, now.age),
      flows: flows.map((row) => ({ flow: names.name(row.flow) ?? '', pending: row.pending })),
    })
  }

  async #ask(text: string, values: readonly unknown[] = []) {
    return (await this.#parts.line.run(text, values)).rows
  }

  /** Where a message of this id may be, by the marks: a few candidates instead of a scan. */
  async #onlyMessage(query: Query): Promise<readonly number[] | undefined> {
    const { id } = query
    if (id === undefined) return undefined
    const { names } = this.#parts
    if (query.source === undefined) await names.refresh()
    const sources = query.source === undefined ? names.all.map(([name]) => name) : [query.source]
    const hashes = sources.flatMap((source) => [identity({ source, id }), identity({ source, id, quarantine: true })])
    const uuids = hashes.map((hash) => hash.toString('hex'))
    const rows = await this.#ask(
      'SELECT id FROM S.mark_0 WHERE h = ANY($1::uuid[]) UNION SELECT id FROM S.mark_1 WHERE h = ANY($1::uuid[])',
      [uuids],
    )
    return rows.length > 0 ? rows.map((row) => row.id) : undefined
  }

  async #floorOf(table: string, before: number): Promise<number> {
    const rows = await this.#ask(`SELECT id FROM S.${table} WHERE id < $1 ORDER BY id DESC OFFSET ${LOOK} LIMIT 1`, [
      before,
    ])
    return rows[0]?.id ?? 0
  }

  async #look(
    home: (typeof HOMES)[number],
    query: Query,
    before: number,
    floor: number,
    only: readonly number[] | undefined,
  ): Promise<Found[]> {
    const { names } = this.#parts
    const where: string[] = []
    const values: unknown[] = []
    const add = (condition: string, value: unknown): void => {
      values.push(value)
      where.push(condition.replaceAll('?', `$${values.length}`))
    }
    add('t.id < ?', before)
    add('t.id >= ?', floor)
    if (query.states && home.table !== 'todo')
      add(
        't.state = ANY(?::int[])',
        query.states.map((state) => STATES.indexOf(state)),
      )
    if (query.flow !== undefined) add('t.flow = ?', names.known(query.flow))
    if (query.key !== undefined) {
      const { key, tenant } = query
      const flows = query.flow === undefined ? names.all.map(([name]) => name) : [query.flow]
      values.push(flows.map((flow) => laneId(flow, key, tenant)))
      const lanes = `t.lane = ANY($${values.length}::bigint[])`
      // Every tenant has a lane of its own for the key: those are found by its name.
      if (tenant === undefined) add(`(${lanes} OR strpos(${home.source}.head, ?) > 0)`, JSON.stringify(key))
      else where.push(lanes)
    }
    if (query.tenant) add(`strpos(${home.source}.head, ?) > 0`, JSON.stringify(query.tenant))
    if (query.source !== undefined) add(`${home.source}.source = ?`, names.known(query.source))
    if (query.id !== undefined) add(`strpos(${home.source}.head, ?) = 2`, JSON.stringify(query.id))
    if (query.fingerprint !== undefined)
      add(`strpos(${home.fault}, ?) > 0`, `"fingerprint":${JSON.stringify(query.fingerprint)}`)
    if (only)
      add(`EXISTS (SELECT 1 FROM unnest(?::bigint[]) AS o(id) WHERE t.id >= o.id AND t.id < o.id + ${BLOCK})`, only)
    values.push(query.limit + 1)
    const text = `SELECT ${home.columns} FROM ${home.from} WHERE ${where.join(' AND ')} ORDER BY t.id DESC LIMIT $${values.length}`
    return (await this.#ask(text, values)) as Found[]
  }

  /** Keys are looked for by their hash, and tenants anywhere in the head. */
  #fits(row: Found, { key, tenant }: Query): boolean {
    if (row.head === null || (key === undefined && tenant === undefined)) return true
    const found = deliveryOf(JSON.parse(row.head) as Head, row.id - row.msg)
    return (key === undefined || found.key === key) && (tenant === undefined || found.tenant === tenant)
  }

  async #learn(rows: readonly Found[]): Promise<void> {
    await this.#parts.names.learn(rows.flatMap((row) => (row.source === null ? [row.flow] : [row.flow, row.source])))
  }

  async #trails(ids: readonly number[]): Promise<ReadonlyMap<number, string[]>> {
    const rows = await this.#ask(
      `SELECT x.id, t.entry FROM unnest($1::bigint[]) AS x(id) CROSS JOIN LATERAL
        (SELECT n, entry FROM S.trail WHERE work = x.id ORDER BY n DESC LIMIT ${TRAIL_LIMIT}) t ORDER BY x.id, t.n`,
      [ids],
    )
    const trails = new Map<number, string[]>()
    for (const { id, entry } of rows) trails.set(id, [...(trails.get(id) ?? []), entry])
    return trails
  }

  /** Hosts of the other workers by what they hold. */
  async #held(rows: readonly Found[]): Promise<ReadonlyMap<number, string>> {
    const held = new Map<number, string>()
    if (rows.every((row) => row.state !== 0)) return held
    const others = await this.#ask(
      'SELECT w.host, i.ids FROM S.worker w JOIN S.inflight i ON i.worker = w.id WHERE w.id <> $1',
      [this.#parts.worker()],
    )
    for (const { host, ids } of others) for (const id of decodeIds(ids)) held.set(id, host)
    return held
  }

  #row(found: Found, held: ReadonlyMap<number, string>): WorkRow {
    const { names, owner } = this.#parts
    const head = found.head === null ? undefined : (JSON.parse(found.head) as Head)
    const holder = found.state === 0 ? (owner(found.id) ?? held.get(found.id)) : undefined
    const delivery = head && deliveryOf(head, found.id - found.msg)
    return Object.freeze({
      work: String(found.id),
      source: found.source === null ? '' : (names.name(found.source) ?? ''),
      id: head?.[0] ?? '',
      type: head?.[1] ?? '',
      flow: names.name(found.flow) ?? '',
      key: delivery?.key ?? '',
      ...(delivery === undefined || delivery.tenant === '' ? {} : { tenant: delivery.tenant }),
      state: STATES[found.state]!,
      attempts: found.attempt ?? 0,
      crashes: found.crashes ?? 0,
      replays: found.replays ?? 0,
      acceptedAtMs: found.accepted ?? 0,
      ...(found.settled === null ? {} : { settledAtMs: found.settled }),
      ...(found.due === null || found.due === 0 ? {} : { dueAtMs: found.due }),
      ...(holder === undefined ? {} : { owner: holder }),
      ...(found.why === null ? {} : { why: JSON.parse(found.why) as string }),
      ...(found.fault === null ? {} : { fault: JSON.parse(found.fault) as Fault }),
    })
  }

  #whole(found: Found, held: ReadonlyMap<number, string>, trail: readonly string[]): History {
    const head = found.head === null ? undefined : (JSON.parse(found.head) as Head)
    return Object.freeze({
      ...this.#row(found, held),
      effect: head ? deliveryOf(head, found.id - found.msg).effect : '',
      attributes: head?.[2] ?? {},
      ...(found.body ? { body: found.body } : {}),
      trail: trail.map(trailEntryOf),
    })
  }
}
