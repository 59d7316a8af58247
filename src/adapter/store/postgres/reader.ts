import { NO_NOTE, type Note } from '../../../engine/lanes/lane.ts'
import type { Lanes, Row, TenantRest } from '../../../engine/lanes/lanes.ts'
import type { Clock } from '../../../port/clock.ts'
import { shardOf } from './batch.ts'
import type { Line, Statement } from './line.ts'
import type { Names } from './names.ts'
import type { Result } from './pg.ts'
import type { Statements } from './statements.ts'
import type { Worker } from './worker.ts'

export interface ReaderParts {
  readonly line: Line
  readonly statements: Statements
  readonly worker: Worker
  readonly lanes: Lanes
  readonly names: Names
  readonly clock: Clock
  /** Work may be ready. */
  readonly read: () => void
  readonly failed: (thrown: unknown) => void
}

const PAGE_ROWS = 5_000
/** The log, tenants, a lane. */
const KINDS = 3
/** Ids looked through for one lane in one page. */
const LANE_ROWS = 1_000
/** An append that is under way is waited for so long; then what came after it is handed out, and looked at again until it has ended. */
const PATIENCE_MS = 200
/** Between two looks while an append is under way. */
const AGAIN_MS = 20

interface Cells {
  readonly id: number | null
  readonly lane: number
  readonly flow: number
  readonly tenant: number
  readonly attempt: number | null
  readonly crashes: number
  readonly replays: number
  readonly journal: number
  readonly why: string | null
  readonly pause: number
}

/**
 * Reads waiting ids into the lanes: new ones behind a cursor, older ones a page at a time as the windows have room.
 *
 * Ids are drawn in order, but transactions do not commit in that order: a message may become visible after one that was stored later. So nothing is
 * handed out above the bound below which no append is under way. When one hangs, what is above it is read all the same, again and again from the
 * bound on, in one snapshot each: whatever was acknowledged before another message was sent is then seen with it.
 */
export class Reader {
  readonly #parts: ReaderParts
  /** All ids up to here are known. */
  #floor = 0
  /** Ids up to here were read, perhaps with gaps above the floor. */
  #cursor = 0
  #top = 0
  /** When the floor last came nearer to the top. */
  #movedAt = 0
  #limit = PAGE_ROWS
  #dirty = false
  #begin = true
  #running = false
  #closed = false
  #waiters: { resolve: () => void; reject: (error: unknown) => void }[] = []
  /** What ended while a page was on its way: the page may still show it. */
  readonly #ended = new Set<number>()
  /** What an operator changed while a page was on its way: done again on top of the page, which may not know of it. */
  readonly #changes: (() => void)[] = []
  #asleep: AbortController | undefined

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Something was stored or changed: read it. */
  kick(): void {
    this.#dirty = true
    void this.#run()
  }

  /** Memory may have room. */
  readOn(): void {
    void this.#run()
  }

  /** Something new may be there that has not been read. */
  get stale(): boolean {
    return this.#dirty || this.#begin
  }

  /** Resolves when all that was committed before this call has been read, as far as the windows have room. */
  catchUp(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      this.kick()
    })
  }

  /** Everything is read again from the beginning: what this process owns has changed. */
  restart(): void {
    this.#begin = true
    this.kick()
  }

  /** This piece of work is no longer pending. */
  ended(id: number): void {
    if (this.#running) this.#ended.add(id)
  }

  /** Changes what is in memory. Must bear to be done twice. */
  apply(change: () => void): void {
    change()
    if (this.#running) this.#changes.push(change)
  }

  close(): void {
    this.#closed = true
    this.#asleep?.abort()
    for (const { resolve } of this.#waiters.splice(0)) resolve()
  }

  async #run(): Promise<void> {
    if (this.#running || this.#closed) return
    this.#running = true
    try {
      while (!this.#closed) {
        const waiters = this.#waiters.splice(0)
        try {
          if (!(await this.#pass())) {
            for (const { resolve } of waiters) resolve()
            if (this.#waiters.length === 0 && !this.#dirty) break
          }
          for (const { resolve } of waiters) resolve()
        } catch (thrown) {
          // From the beginning: the lane or the range that was being read would not be asked for again.
          this.#begin = true
          for (const { reject } of waiters) reject(thrown)
          this.#parts.failed(thrown)
          break
        }
      }
    } finally {
      this.#running = false
      this.#ended.clear()
      this.#changes.length = 0
    }
    this.#lookAgain()
  }

  /** One round of reading; false when there was nothing to do. */
  async #pass(): Promise<boolean> {
    const { lanes, worker, read } = this.#parts
    let did = false
    if (this.#begin) {
      this.#begin = false
      try {
        await this.#first()
      } catch (thrown) {
        this.#begin = true
        throw thrown
      }
      did = true
    }
    if (this.#dirty) {
      this.#dirty = false
      if (worker.owned.size > 0) while ((await this.#fresh()) && !this.#closed);
      did = true
    }
    // Of each kind one page: who has just come is not handed out before the others are known.
    for (let page = 0; page < KINDS && !this.#begin; page++) {
      const want = lanes.want(this.#floor + 1)
      if (!want) break
      if (want.of === 'log') await this.#page(want.from)
      else if (want.of === 'lane') await this.#lane(want.lane, want.from, want.to)
      else await this.#tenants(want.rests)
      did = true
    }
    if (did) read()
    return did
  }

  /** Starts over: fixes the floor, forgets what is in memory. */
  async #first(): Promise<void> {
    const { line, statements, lanes, worker, clock } = this.#parts
    const coming = worker.coming
    const { flows, shards } = worker.hull
    this.#asking()
    const { bound, top } = (await this.#ask([], [], 0, false, 0))[0]
    const holds = await line.run(
      'SELECT id, lane, flow, shard FROM S.dead WHERE hold AND flow = ANY($1::int[]) AND shard = ANY($2::smallint[])',
      [flows, shards],
    )
    const tenants = (await line.query(statements.tenants, [flows])).rows
    worker.admit(coming)
    lanes.reset([...worker.flows])
    for (const { flow, tenant } of tenants) lanes.behind(flow, 0, tenant)
    for (const { id, lane, flow, shard } of holds.rows) if (worker.owns(flow, shard)) lanes.hold(lane, id)
    this.#again()
    this.#floor = this.#cursor = bound
    this.#top = top
    this.#movedAt = clock.mono()
    this.#dirty = true
  }

  async #ask(
    flows: readonly number[],
    shards: readonly number[],
    floor: number,
    wide: boolean,
    limit: number,
  ): Promise<Result['rows']> {
    return this.#query(this.#parts.statements.fresh, [flows, shards, floor, wide, limit])
  }

  /** Rows whose tenants this process can name. */
  async #query(statement: Statement, values: readonly unknown[]): Promise<Result['rows']> {
    const { line, names } = this.#parts
    const { rows } = await line.query(statement, values)
    await names.learn(tenantsOf(rows))
    return rows
  }

  /** What is new. True when there may be more. */
  async #fresh(): Promise<boolean> {
    const { lanes, worker, clock } = this.#parts
    const { flows, shards } = worker.hull
    const wide = this.#floor < this.#top && clock.mono() - this.#movedAt >= PATIENCE_MS
    this.#asking()
    const [{ bound, top }, ...rows] = await this.#ask(flows, shards, this.#floor, wide, this.#limit)
    const full = rows.length === this.#limit
    const last = full ? (rows.at(-1)!.id as number) : wide ? top : bound
    if (full && last <= this.#cursor) {
      this.#limit *= 2 // what has been read already fills the page
      return true
    }
    this.#limit = PAGE_ROWS
    const now = clock.mono()
    for (const row of this.#rows(rows)) {
      if (row.id <= this.#cursor) lanes.insert(row, now)
      else lanes.add(row, now)
    }
    this.#again()
    const floor = Math.max(this.#floor, Math.min(bound, last))
    if (floor > this.#floor || floor >= top) this.#movedAt = now
    this.#floor = floor
    this.#cursor = Math.max(this.#cursor, last)
    this.#top = top
    return full
  }

  /** A page of the log that memory has room for again. */
  async #page(from: number): Promise<void> {
    const { statements, lanes, clock } = this.#parts
    const { flows, shards } = this.#parts.worker.hull
    this.#asking()
    const end = this.#floor + 1
    const rows = await this.#query(statements.page, [flows, shards, from, end, PAGE_ROWS])
    const over = rows.length < PAGE_ROWS
    lanes.fill(this.#rows(rows), from, over ? Math.max(end, from) : rows.at(-1).id + 1, over, clock.mono())
    if (over) this.#dirty = true // what is above the floor
    this.#again()
  }

  /** A page of each tenant that memory has room for again. */
  async #tenants(rests: readonly TenantRest[]): Promise<void> {
    const { statements, lanes, worker, clock } = this.#parts
    this.#asking()
    const end = this.#floor + 1
    const most = Math.ceil(PAGE_ROWS / rests.length)
    const places = [rests.map(({ flow }) => flow), rests.map(({ tenant }) => tenant), rests.map(({ from }) => from)]
    const found = await this.#query(statements.ofTenants, [worker.hull.shards, ...places, end, most])
    const pages = rests.map(({ from }, i) => {
      const rows = found.filter(({ n }) => n === i + 1)
      const ended = rows.length < most
      return { rows: this.#rows(rows), next: ended ? Math.max(end, from) : rows.at(-1)!.id + 1, ended }
    })
    lanes.fillTenants(pages, clock.mono())
    if (pages.some(({ ended }) => ended)) this.#dirty = true // what is above the floor
    this.#again()
  }

  async #lane(lane: number, from: number, to: number): Promise<void> {
    const { statements, lanes, clock } = this.#parts
    this.#asking()
    const rows = await this.#query(statements.lane, [lane, from, to, LANE_ROWS])
    const over = rows.length < LANE_ROWS
    lanes.fillLane(this.#rows(rows), over ? to : rows.at(-1).id + 1, over, clock.mono())
    if (over) this.#dirty = true
    this.#again()
  }

  #asking(): void {
    this.#ended.clear()
    this.#changes.length = 0
  }

  #again(): void {
    for (const change of this.#changes) change()
  }

  /** An append was under way: what it brings is not told here when its process has died. */
  #lookAgain(): void {
    this.#asleep?.abort()
    if (this.#floor >= this.#top || this.#closed) return
    const asleep = new AbortController()
    this.#asleep = asleep
    const { clock } = this.#parts
    const pause = clock.mono() - this.#movedAt < PATIENCE_MS ? AGAIN_MS : PATIENCE_MS
    void clock.sleep(pause, asleep.signal).then(() => {
      if (!asleep.signal.aborted) this.kick()
    })
  }

  /** Rows of what this process owns. */
  #rows(rows: Result['rows']): Row[] {
    const { worker, clock } = this.#parts
    const now = clock.mono()
    const found: Row[] = []
    for (const cells of rows as Cells[]) {
      if (cells.id === null || this.#ended.has(cells.id) || !worker.owns(cells.flow, shardOf(cells.lane))) continue
      found.push(rowOf(cells, now))
    }
    return found
  }
}

function* tenantsOf(rows: Result['rows']): Iterable<number> {
  for (const { tenant } of rows) if (tenant > 0) yield tenant
}

function rowOf({ id, lane, flow, tenant, attempt, crashes, replays, journal, why, pause }: Cells, now: number): Row {
  if (attempt === null) return { id: id!, lane, flow, tenant }
  const note: Note = {
    ...NO_NOTE,
    attempt,
    crashes,
    replays,
    journal,
    due: pause > 0 ? now + pause : 0,
    why: why === null ? undefined : (JSON.parse(why) as string),
  }
  return { id: id!, lane, flow, tenant, note }
}
