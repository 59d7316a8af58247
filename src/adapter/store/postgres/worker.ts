import { hash53 } from '../../../core/hash.ts'
import { decodeIds } from './inflight.ts'
import type { Line } from './line.ts'
import { SHARDS } from './migrations.ts'
import type { Settings } from './options.ts'
import { MERGE_TALLY } from './tally.ts'

export interface WorkerParts {
  readonly settings: Settings
  readonly host: string
  /** The session of this worker: it holds the lock that tells the others that the process lives. */
  readonly session: Line
  /** Another worker has taken over: nothing that was handed out counts any more. */
  readonly lost: () => void
  /** Which shards are handed out has changed. */
  readonly changed: () => void
  /** Nothing of this shard is handed out. */
  readonly idle: (flow: number, shard: number) => boolean
  readonly notify: (what: string) => void
}

/** A session that ended is given this long to come back before its worker counts as dead. */
const GRACE_MS = 500
/** Well within the grace. */
const LOCK_MS = 50
const LOCK_ATTEMPTS = 5
/** A lease lasts so much longer than what is promised: a claim right after a renewal need not renew it again. */
const SPARE_MS = 1_000
/** A lease is renewed so many times within its length. */
const RENEWALS = 3

/**
 * This process among the others: a row with a lease, a session lock, and the shards whose work it hands out. Whoever finds a worker whose
 * lease has ended, or whose session is gone, deletes its row; from then on that worker can settle nothing, and its shards are free.
 */
export class Worker {
  readonly #parts: WorkerParts
  readonly #lock: number
  /** 0 before it is registered. */
  id = 0
  readonly flows: Set<number> = new Set()
  /** Shards whose work this process may hand out. */
  readonly owned: Shards = new Map()
  /** Shards that are ours, but not yet read: what is in memory of them may have gaps. */
  readonly #coming: Shards = new Map()
  /** Shards on their way to another worker: owned, but nothing new of them is handed out. */
  readonly #giving: Shards = new Map()
  /** Those of `flows` that stand in the tables. */
  readonly #told = new Set<number>()
  readonly #missing = new Map<number, number>()
  #renewedAt = Number.NEGATIVE_INFINITY
  #locked = false
  #resuming: Promise<void> | undefined
  #balancing: Promise<unknown> = Promise.resolve()

  constructor(parts: WorkerParts) {
    this.#parts = parts
    this.#lock = (hash53(`tieline ${parts.settings.schema}`) % 2 ** 31) | 0
  }

  owns(flow: number, shard: number): boolean {
    return this.owned.get(flow)?.has(shard) === true
  }

  /** The rectangle of flows and shards around what is owned or about to be, for statements; `owns` tells exactly. */
  get hull(): { readonly flows: number[]; readonly shards: number[] } {
    const shards = new Set<number>()
    const flows = new Set<number>()
    for (const [flow, shard] of [...each(this.owned), ...each(this.#coming)]) {
      flows.add(flow)
      shards.add(shard)
    }
    return { flows: [...flows], shards: [...shards] }
  }

  get coming(): readonly (readonly [flow: number, shard: number])[] {
    return [...each(this.#coming)]
  }

  /** What is waiting of these shards is about to be read from the beginning. */
  admit(shards: readonly (readonly [flow: number, shard: number])[]): void {
    for (const [flow, shard] of shards) if (this.#coming.get(flow)?.delete(shard)) add(this.owned, flow, shard)
  }

  register(): Promise<void> {
    return this.#register(() => undefined)
  }

  /** `entered` is called in the very moment in which this is a new worker: nothing of the old one must be settled in its name. */
  async #register(entered: () => void): Promise<void> {
    const { session, settings, host } = this.#parts
    const { rows } = await session.run(
      `INSERT INTO S.worker(id, host, direct, lease_until)
        VALUES (nextval('S.worker_id'), $1, $2, clock_timestamp() + $3 * interval '1 ms') RETURNING id`,
      [host, !session.pooled, settings.leaseMs + SPARE_MS],
    )
    this.id = rows[0].id
    for (const shards of [this.owned, this.#coming, this.#giving]) shards.clear()
    this.#told.clear()
    entered()
    this.#renewedAt = settings.clock.mono()
    await this.#hold()
  }

  /** After the session was broken: still this worker, if nobody has taken over. */
  resume(): Promise<void> {
    this.#resuming ??= this.#resume().finally(() => {
      this.#resuming = undefined
    })
    return this.#resuming
  }

  async #resume(): Promise<void> {
    await this.#hold()
    if (!(await this.renew())) await this.#replaced()
  }

  /** The lease was renewed so lately that whatever is claimed now may be worked on for its whole promised length. */
  get fresh(): boolean {
    return this.#parts.settings.clock.mono() - this.#renewedAt < SPARE_MS
  }

  /** False when the worker has been replaced. */
  async renew(): Promise<boolean> {
    const { session, settings } = this.#parts
    const sent = settings.clock.mono()
    const { rowCount } = await session.run(
      `UPDATE S.worker SET lease_until = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1`,
      [this.id, settings.leaseMs + SPARE_MS],
    )
    if (rowCount === 0) return false
    this.#renewedAt = sent
    return true
  }

  /** Flows that are claimed: their shards are shared out among the workers that claim them. */
  async want(flows: readonly number[]): Promise<void> {
    for (const flow of flows) this.flows.add(flow)
    if (await this.#tell()) await this.balance()
  }

  /** Writes down which flows are claimed here; what fails is written by the next tick. True when there was something to write. */
  async #tell(): Promise<boolean> {
    if (this.#told.size === this.flows.size) return false
    const { session } = this.#parts
    const me = this.id
    const flows = [...this.flows]
    const more = flows.filter((flow) => !this.#told.has(flow))
    await session.run(
      `INSERT INTO S.shard(flow, id) SELECT f, g FROM unnest($1::int[]) f, generate_series(0, ${SHARDS - 1}) g ORDER BY 1, 2
        ON CONFLICT DO NOTHING`,
      [more],
    )
    await session.run('UPDATE S.worker SET flows = $2::int[] WHERE id = $1', [me, flows])
    if (this.id === me) for (const flow of more) this.#told.add(flow)
    return true
  }

  /** Regular duties: renew, look after the others, share out. */
  async tick(): Promise<void> {
    const { settings } = this.#parts
    if (this.#resuming) return
    if (settings.clock.mono() - this.#renewedAt >= settings.leaseMs / RENEWALS && !(await this.renew()))
      return this.resume()
    if (!this.#locked && !this.#parts.session.pooled) await this.#lockSession()
    await this.#reap()
    await this.#tell()
    if (this.flows.size > 0) await this.balance()
  }

  /** Takes free shards up to a fair share, and gives away what is above it. One at a time: each decides on what the last one left. */
  balance(): Promise<void> {
    const mine = this.#balancing.then(() => this.#balance())
    this.#balancing = mine.catch(() => undefined)
    return mine
  }

  async #balance(): Promise<void> {
    const { session } = this.#parts
    const me = this.id
    const flows = [...this.flows]
    const { rows } = await session.run(
      `SELECT s.flow, s.id, s.epoch, s.owner = $1 AS mine, s.owner IS NULL OR w.id IS NULL AS free,
          (SELECT count(*)::int FROM S.worker x WHERE s.flow = ANY(x.flows)) AS workers
        FROM S.shard s LEFT JOIN S.worker w ON w.id = s.owner WHERE s.flow = ANY($2::int[]) ORDER BY s.flow, s.id`,
      [me, flows],
    )
    if (this.id !== me) return
    const wanted: { flow: number; id: number; epoch: number }[] = []
    let changed = false
    for (const flow of flows) {
      const shards = rows.filter((row) => row.flow === flow)
      const share = Math.ceil(SHARDS / Math.max(1, shards[0]?.workers ?? 1))
      const mine = shards.filter((row) => row.mine)
      changed = this.#reconcile(flow, new Set(mine.map((row) => row.id))) || changed
      const giving = this.#giving.get(flow)
      wanted.push(...shards.filter((row) => row.free).slice(0, Math.max(0, share - mine.length)))
      for (const { id } of mine.slice(share)) changed = this.#give(flow, id) || changed
      // Shards that were to go and need not any more.
      if (giving && mine.length <= share) {
        for (const id of giving) add(this.#coming, flow, id)
        changed = changed || giving.size > 0
        this.#giving.delete(flow)
      }
    }
    if (wanted.length > 0) changed = (await this.#take(wanted)) || changed
    await this.#handOver()
    if (changed) this.#parts.changed()
  }

  /** Ends this worker: what it still holds counts as crashed, its shards are free. */
  async end(): Promise<void> {
    if (this.id === 0) return
    await this.#bury([this.id], true)
    this.id = 0
    this.#parts.notify('s')
  }

  /** The table is right: an answer may have been lost with its connection, after what it answered was done. */
  #reconcile(flow: number, mine: ReadonlySet<number>): boolean {
    let changed = false
    for (const shards of [this.owned, this.#coming, this.#giving]) {
      for (const id of shards.get(flow) ?? []) if (!mine.has(id)) changed = shards.get(flow)!.delete(id) || changed
    }
    for (const id of mine) {
      if ([this.owned, this.#coming, this.#giving].some((shards) => shards.get(flow)?.has(id))) continue
      add(this.#coming, flow, id)
      changed = true
    }
    return changed
  }

  #give(flow: number, shard: number): boolean {
    if (!this.owned.get(flow)?.delete(shard) && !this.#coming.get(flow)?.delete(shard)) return false
    add(this.#giving, flow, shard)
    return true
  }

  /** Shards of which nothing is handed out any more go to the others. */
  async #handOver(): Promise<void> {
    const ready: [number, number][] = []
    for (const [flow, shards] of this.#giving) {
      for (const shard of shards) if (this.#parts.idle(flow, shard)) ready.push([flow, shard])
    }
    if (ready.length === 0) return
    await this.#parts.session.run(
      `UPDATE S.shard s SET owner = NULL, epoch = s.epoch + 1 FROM unnest($2::int[], $3::smallint[]) AS x(flow, id)
        WHERE s.flow = x.flow AND s.id = x.id AND s.owner = $1`,
      [this.id, ready.map(([flow]) => flow), ready.map(([, shard]) => shard)],
    )
    for (const [flow, shard] of ready) this.#giving.get(flow)?.delete(shard)
    this.#parts.notify('s')
  }

  /** Compare-and-set on the epoch: a shard that somebody took since it was seen free stays his. */
  async #take(wanted: readonly { flow: number; id: number; epoch: number }[]): Promise<boolean> {
    const me = this.id
    const { rows } = await this.#parts.session.run(
      `WITH me AS MATERIALIZED (SELECT id FROM S.worker WHERE id = $1 FOR KEY SHARE)
        UPDATE S.shard s SET owner = $1, epoch = s.epoch + 1 FROM me, unnest($2::int[], $3::smallint[], $4::bigint[]) AS x(flow, id, epoch)
        WHERE s.flow = x.flow AND s.id = x.id AND s.epoch = x.epoch RETURNING s.flow, s.id`,
      [me, wanted.map((one) => one.flow), wanted.map((one) => one.id), wanted.map((one) => one.epoch)],
    )
    if (this.id !== me) return false
    for (const { flow, id } of rows) add(this.#coming, flow, id)
    return rows.length > 0
  }

  /** Looks for workers that are gone. */
  async #reap(): Promise<void> {
    const { session, settings } = this.#parts
    const { rows } = await session.run(
      `SELECT id, lease_until < clock_timestamp() AS over, direct AND pg_try_advisory_xact_lock($2, id) AS gone
        FROM S.worker WHERE id <> $1`,
      [this.id, this.#lock],
    )
    const now = settings.clock.mono()
    const dead: number[] = []
    for (const { id, over, gone } of rows) {
      if (!gone) this.#missing.delete(id)
      else if (!this.#missing.has(id)) this.#missing.set(id, now)
      if (over || (gone && now - this.#missing.get(id)! >= GRACE_MS)) dead.push(id)
    }
    if (dead.length === 0) return
    for (const id of dead) this.#missing.delete(id)
    await this.#bury(dead, false)
  }

  /** Deletes workers, counts the crashes of what they had handed out, and adds their counters to the common ones. */
  async #bury(dead: readonly number[], self: boolean): Promise<void> {
    const { session, settings } = this.#parts
    if (!self && !session.pooled) {
      // A stopped process may hold row locks in a transaction that it will not end.
      const names = dead.map((id) => applicationName(settings.schema, id))
      await session
        .run(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY($1::text[]) AND usename = current_user
            AND datname = current_database() AND pid <> pg_backend_pid()`,
          [names],
        )
        .catch(() => undefined) // without the right to see them, their own time-outs end them
    }
    await session.exclusive(async (ask) => {
      await ask("SET LOCAL lock_timeout = '2s'")
      const gone = await ask(
        `DELETE FROM S.worker WHERE id = ANY($1::int[])
          AND ($2 OR lease_until < clock_timestamp() OR (direct AND pg_try_advisory_xact_lock($3, id))) RETURNING id`,
        [dead, self, this.#lock],
      )
      if (gone.rows.length === 0) return
      const ids = gone.rows.map((row) => row.id as number)
      const held = await ask('DELETE FROM S.inflight WHERE worker = ANY($1::int[]) RETURNING ids', [ids])
      await ask(
        `INSERT INTO S.wait AS y (id, attempt, crashes, replays, journal, due)
          SELECT t.id, 0, 1, 0, 0, 0 FROM unnest($1::bigint[]) AS x(id) JOIN S.todo t ON t.id = x.id
          ON CONFLICT (id) DO UPDATE SET crashes = y.crashes + 1, due = 0`,
        [held.rows.flatMap((row) => decodeIds(row.ids))],
      )
      await ask('DELETE FROM S.hand WHERE worker = ANY($1::int[])', [ids])
      await ask(MERGE_TALLY, [ids])
    })
  }

  async #replaced(): Promise<void> {
    await this.#register(this.#parts.lost)
    await this.#tell()
    await this.balance()
    this.#parts.changed()
  }

  async #hold(): Promise<void> {
    const { session, settings } = this.#parts
    if (session.pooled) return
    await session.run("SELECT set_config('application_name', $1, false)", [applicationName(settings.schema, this.id)])
    await this.#lockSession()
  }

  /** A broken session may still hold the lock for a moment. */
  async #lockSession(): Promise<void> {
    const { session, settings } = this.#parts
    for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
      const { rows } = await session.run('SELECT pg_try_advisory_lock($1, $2) AS locked', [this.#lock, this.id])
      this.#locked = rows[0].locked
      if (this.#locked) return
      await settings.clock.sleep(LOCK_MS)
    }
  }
}

type Shards = Map<number, Set<number>>

function add(shards: Shards, flow: number, shard: number): void {
  shards.set(flow, (shards.get(flow) ?? new Set()).add(shard))
}

function* each(shards: Shards): Iterable<readonly [flow: number, shard: number]> {
  for (const [flow, own] of shards) for (const shard of own) yield [flow, shard]
}

export function applicationName(schema: string, worker: number): string {
  return `tieline:${schema}:${worker}`
}
