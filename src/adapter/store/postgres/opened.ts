import { hostname } from 'node:os'
import type { TielineError } from '../../../core/error.ts'
import { Alarm } from '../../../engine/lanes/alarm.ts'
import { NO_NOTE } from '../../../engine/lanes/lane.ts'
import { Lanes } from '../../../engine/lanes/lanes.ts'
import { refuseMoved } from '../../../engine/move/mark.ts'
import type { Lease, Move } from '../../../port/store.ts'
import { Appends, type Generation, type Stored } from './appends.ts'
import { markOf } from './archive/mark.ts'
import { shardOf } from './batch.ts'
import { Bell } from './bell.ts'
import { Claims } from './claim.ts'
import { Desk } from './desk.ts'
import { Documents } from './documents.ts'
import { isGeneration, isNoPartition, openError, storeError } from './failure.ts'
import { Inflight } from './inflight.ts'
import { Line } from './line.ts'
import { migrate } from './migrate.ts'
import { Moves } from './move.ts'
import { Names } from './names.ts'
import type { Settings } from './options.ts'
import type { Result } from './pg.ts'
import { Purge } from './purge.ts'
import { Reader } from './reader.ts'
import { Settles } from './settles.ts'
import { statements as statementsOf } from './statements.ts'
import { Upkeep } from './upkeep.ts'
import { Warm } from './warm.ts'
import { applicationName, Worker } from './worker.ts'

/** Tokens of one registration: the worker's id is the upper part, so that a token never comes back. */
const TOKENS = 2 ** 32
const TICK_MS = 250
/** Behind every hint that may be lost; and instead of hints where there are none. */
const POLL_MS = { direct: 1_000, pooled: 100 } as const
const UPKEEP_MS = 15_000
const RESUME_MS = 100
const SLOW_MS = 3_600_000
/** For the database to take note that this worker has ended. */
const CLOSE_MS = 5_000

/** A store that is open: its parts, put together. */
export interface Opened {
  readonly appends: Appends
  readonly claims: Claims
  readonly settles: Settles
  readonly desk: Desk
  readonly documents: Documents
  readonly purge: Purge
  extend(leases: readonly Lease[], forMs: number): Promise<Lease[]>
  /** One statement in a transaction of its own. */
  query(text: string, values: readonly unknown[]): Promise<Result['rows']>
  move(moves: readonly Move[]): Promise<string[]>
  watch(wake: (flow: string) => void): AsyncDisposable
  close(): Promise<void>
}

/** Connects, brings the tables up to date, registers this process. */
export async function open(settings: Settings): Promise<Opened> {
  const { clock, schema } = settings
  const where = `PostgreSQL schema ${schema}`
  const session = new Line(settings, `tieline:${schema}`, settings.pooler === true)
  const lines: Line[] = [session]
  try {
    await migrate(session, settings)
    refuseMoved(await markOf(session, schema), where)
    return await assemble()
  } catch (thrown) {
    await Promise.all(lines.map((line) => line.close()))
    throw openError(thrown, where)
  }

  async function assemble(): Promise<Opened> {
    const statements = statementsOf(schema)
    const bell = new Bell(session, clock, schema)
    const stopping = new AbortController()
    let hands = 0
    let closed = false
    let lanes = newLanes(0)
    const worker: Worker = new Worker({
      settings,
      host: `${hostname()}-${process.pid}`,
      session,
      lost: () => replaced(),
      changed: () => reader.restart(),
      idle: (flow, shard) => idle(flow, shard),
      notify: (what) => bell.ring(what),
    })
    await worker.register()
    const line = (pins: readonly string[] = [], queryMs?: number): Line => {
      const made = new Line(settings, applicationName(schema, worker.id), session.pooled, pins, queryMs)
      lines.push(made)
      return made
    }
    const [taking, takingToo, settling, looking, moving] = [line(), line(), line(), line(), line()]
    // What this line writes matters only until this process dies: it need not wait for the disk.
    const reading = line(['synchronous_commit=off'])
    /** Cleaning and dropping take as long as the tables are large. */
    const slow = line([], SLOW_MS)
    const names = new Names(looking)
    await names.refresh()
    const generation: Generation = {
      n: 0,
      async read() {
        this.n = (await looking.run('SELECT n FROM S.generation')).rows[0].n
      },
    }
    await generation.read()
    const warm = new Warm()
    const inflight = new Inflight({ line: reading, statements, worker })
    const alarm = new Alarm(clock, () => {
      expire()
      lanes.promote(clock.mono())
      return lanes.nextDue
    })
    const reader = new Reader({
      line: reading,
      statements,
      worker,
      get lanes() {
        return lanes
      },
      names,
      clock,
      read: () => alarm.reset(),
      failed: () => retryLater(),
    })
    const appends = new Appends({
      settings,
      lines: [taking, takingToo],
      names,
      statements,
      worker: () => worker.id,
      stored,
      failed,
      generation,
      async makeDays(thrown) {
        if (!isNoPartition(thrown)) return false
        await looking.run('SELECT S.ensure_days()')
        return true
      },
    })
    const settles = new Settles({
      line: settling,
      statements,
      get lanes() {
        return lanes
      },
      worker,
      inflight,
      appends,
      reader,
      clock,
      stored,
      expire,
      settled: () => {
        reader.readOn()
        alarm.reset()
      },
      failed,
      fenced: () => void worker.resume().catch(() => undefined),
    })
    const moves = new Moves({ line: moving, worker: () => worker.id })
    const upkeep = new Upkeep({ settings, line: slow, generation, warn })
    const claims = new Claims({
      line: reading,
      statements,
      get lanes() {
        return lanes
      },
      names,
      worker,
      inflight,
      reader,
      warm,
      clock,
      expire,
      follow,
      replaced: () => void worker.resume().catch(() => undefined),
    })
    session.onNotice = (what) => {
      if (what.includes('w')) reader.kick()
      if (what.includes('s')) void worker.tick().catch(() => undefined)
      if (what.includes('h')) void follow(undefined).catch(() => undefined)
    }
    session.onBroken = () => void resume()
    await listen()
    void every(TICK_MS, () => worker.tick())
    void every(session.pooled ? POLL_MS.pooled : POLL_MS.direct, async () => {
      if (worker.flows.size > 0) reader.kick()
      await follow(undefined)
    })
    void every(UPKEEP_MS, () => upkeep.run())

    function newLanes(tokens: number): Lanes {
      return new Lanes({
        flowWindow: settings.flowWindow,
        laneWindow: settings.laneWindow,
        tokens,
        onReady: (flow) => alarm.ready(names.name(flow) ?? ''),
      })
    }

    /** Another worker has this one's work: nothing that was handed out counts. */
    function replaced(): void {
      inflight.clear()
      hands = 0
      lanes = newLanes(worker.id * TOKENS)
    }
    lanes = newLanes(worker.id * TOKENS)

    function expire(): void {
      const ended = lanes.expire(clock.mono())
      for (const { id } of ended) inflight.expire(id)
      if (ended.length > 0) settles.crashed()
    }

    function idle(flow: number, shard: number): boolean {
      for (const id of inflight.ids) {
        const lane = lanes.holder(id)?.lane
        if (lane && lane.share.flow.flow === flow && shardOf(lane.id) === shard) return false
      }
      return true
    }

    /** Bodies stay at hand for the claim; whoever else may own some of it is told. */
    function stored({ base, now, batch, messages, fresh }: Stored): void {
      let mine = false
      let others = false
      const unasked = new Set<number>()
      for (const [flow, shard] of batch.places) {
        if (worker.owns(flow, shard)) mine = true
        else others = true
        if (!worker.flows.has(flow)) unasked.add(flow)
      }
      for (const flow of unasked) alarm.ready(names.name(flow) ?? '') // nobody here has claimed it yet; the hint is for who will
      if (mine) {
        messages.forEach((message, i) => {
          if (!fresh[i] || message.quarantine) return
          const { source, id, type, attributes, body, deliveries } = message
          const kept = Object.freeze({ source, id, type, attributes, body, acceptedAtMs: now })
          deliveries.forEach((delivery, position) => {
            warm.add(base + batch.offsets[i]! + position, { message: kept, delivery })
          })
        })
        reader.kick()
      }
      if (others && !session.pooled) bell.ring('w')
    }

    /** Learns what operators have moved. */
    async function follow(now: number | undefined): Promise<void> {
      if (now !== undefined && now === hands) return
      const { rows } = await reading.query(statements.hands, [worker.id, hands])
      await names.learn(rows.map((row) => row.tenant))
      const at = clock.mono()
      for (const { n, work, lane, flow, tenant, gone, replays, journal, was_held } of rows) {
        if (n <= hands) continue
        hands = n
        const held = gone ? lanes.holder(work) : undefined
        if (held) {
          // A claim that is still on its way: the operator was first.
          inflight.end(work)
          lanes.finish(held, at)
        }
        reader.apply(() => {
          if (gone) {
            lanes.remove(work, lane, at)
            reader.ended(work)
          }
          if (was_held) lanes.unhold(lane, work, at)
          if (!gone && worker.owns(flow, shardOf(lane)))
            lanes.insert({ id: work, lane, flow, tenant, note: { ...NO_NOTE, replays, journal } }, at)
        })
      }
      if (rows.length === 0) return
      alarm.reset()
      await reading.run('DELETE FROM S.hand WHERE worker = $1 AND n <= $2', [worker.id, hands])
    }

    async function listen(): Promise<void> {
      if (!session.pooled) await session.run(`LISTEN ${bell.channel}`)
    }

    /** The session was broken: a new one, as the same worker if nobody has taken over. */
    async function resume(): Promise<void> {
      while (!closed) {
        try {
          await worker.resume()
          await listen()
          reader.kick()
          return
        } catch {
          await clock.sleep(RESUME_MS, stopping.signal)
        }
      }
    }

    function retryLater(): void {
      if (!closed) void clock.sleep(RESUME_MS, stopping.signal).then(() => reader.readOn())
    }

    function failed(thrown: unknown): TielineError {
      if (isGeneration(thrown)) void generation.read().catch(() => undefined)
      return storeError(thrown, where)
    }

    async function every(ms: number, duty: () => Promise<void>): Promise<void> {
      while (!closed) {
        await clock.sleep(ms, stopping.signal)
        if (!closed) await duty().catch(() => undefined) // the next turn tries again
      }
    }

    return {
      appends,
      claims,
      settles,
      desk: new Desk({
        line: looking,
        names,
        worker: () => worker.id,
        owner: (id) => lanes.holder(id)?.owner,
        leased: () => lanes.leased,
      }),
      documents: new Documents(looking, schema),
      purge: new Purge(slow, schema),
      async extend(leases, forMs) {
        if (leases.length > 0 && !(await worker.renew())) {
          void worker.resume().catch(() => undefined)
          return []
        }
        expire()
        const now = clock.mono()
        return leases.filter((lease) => {
          const held = lanes.held(Number(lease.id), lease.owner, lease.token)
          if (held) lanes.extend(held, now + forMs)
          return held !== undefined
        })
      },
      query: async (text, values) => (await looking.run(text, values)).rows,
      async move(wanted) {
        const moved = await moves.move(wanted)
        if (moved.length > 0) {
          await follow(undefined)
          if (!session.pooled) bell.ring('h')
        }
        return moved
      },
      watch: (wake) => alarm.watch(wake),
      async close() {
        closed = true
        stopping.abort()
        alarm.close()
        reader.close()
        session.onBroken = undefined
        // Without an answer its lease ends by itself.
        await Promise.race([worker.end().catch(() => undefined), clock.sleep(CLOSE_MS)])
        await Promise.all(lines.map((one) => one.close()))
      },
    }
  }
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'TielineWarning', code: 'TIELINE_STORE' })
}
