import pg from 'pg'
import { type Bench, machine, median, rounded } from './bench.ts'
import type { Quantiles } from './headline/quantiles.ts'
import { postgresServer } from './postgres.ts'
import { sleep } from './process.ts'
import { once } from './queue/sql.ts'
import { talking } from './talking.ts'

/** From the end of this minute on a transaction is held open, so that no dead row after it can be removed. */
const HELD_FROM = 1
/** What is left when the sender ends must be through by then. */
const PATIENCE_MS = 60_000

interface Table {
  readonly name: string
  readonly live: number
  readonly dead: number
  readonly mb: number
}

interface Minute {
  readonly minute: number
  readonly held: boolean
  /** Milliseconds from when a message was due to its acknowledgement. */
  readonly accept: Quantiles
  /** Milliseconds from when a message was due until it was settled. */
  readonly turn: Quantiles
  readonly behind: number
  readonly workerMb: number
  readonly tables: readonly Table[]
}

const TABLES = `SELECT coalesce(inhparent::regclass, relid::regclass)::text AS name, sum(n_live_tup)::int AS live, sum(n_dead_tup)::int AS dead,
  (sum(pg_total_relation_size(relid)) / 1048576)::int AS mb
  FROM pg_stat_user_tables LEFT JOIN pg_inherits ON inhrelid = relid GROUP BY 1 HAVING sum(pg_total_relation_size(relid)) > 1048576 ORDER BY mb DESC`

/**
 * Minutes of a steady load with a transaction of somebody else's held open: `xmin` stands still, and nothing that died since can be cleaned
 * away. Accepts and turns must take as long at the end as at the beginning.
 */
export const soak: Bench = async (options) => {
  await using server = await postgresServer()
  await using database = await server.database('soak')
  await using worker = talking('soak/worker.ts', [database.url])
  await using sender = talking('soak/sender.ts', [database.url, String(options.rate), String(options.minutes)])
  await worker.until('ready')
  const holder = new pg.Client({ connectionString: database.url })
  holder.on('error', () => undefined)
  await holder.connect()
  sender.tell('go')
  const minutes: Minute[] = []
  for (let minute = 1; minute <= options.minutes; minute++) {
    await sender.until('minute', minute)
    worker.tell(minute)
    await worker.until('minute', minute)
    const tables = await once<Table & pg.QueryResultRow>(database.url, TABLES)
    const { accept, sent } = sender.said as { accept: Quantiles; sent: number }
    const { turn, settled, rssMb } = worker.said as { turn: Quantiles; settled: number; rssMb: number }
    const found = {
      minute,
      held: minute > HELD_FROM,
      accept: short(accept),
      turn: short(turn),
      behind: sent - settled,
      workerMb: rssMb,
      tables,
    }
    minutes.push(found)
    const dead = tables.reduce((sum, table) => sum + table.dead, 0)
    options.note(
      `minute ${minute}: accept p50 ${found.accept.p50} p99 ${found.accept.p99}, turn p50 ${found.turn.p50} p99 ${found.turn.p99} ms, behind ${found.behind}, ${dead} dead rows`,
    )
    if (minute !== HELD_FROM) continue
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await holder.query('SELECT count(*) FROM pg_class')
  }
  await sender.until('ended')
  const { sent } = sender.said as { sent: number }
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(100)) {
    worker.tell(0)
    await sleep(100)
    if ((worker.said as { settled: number }).settled >= sent) break
  }
  worker.tell('stop')
  await worker.until('ended')
  await holder.end()
  const { settled, stale } = worker.said as { settled: number; stale: number }
  const [first, last] = [minutes[0]!, minutes.at(-1)!]
  return {
    unit: 'ms p99 of the turn in the last minute',
    better: 'lower',
    value: last.turn.p99,
    peers: { 'first minute': first.turn.p99, 'median minute': rounded(median(minutes.map(({ turn }) => turn.p99))) },
    ratio: { 'first minute': rounded(last.turn.p99 / first.turn.p99) },
    conditions: {
      ...machine(),
      postgres: server.version,
      settings: server.settings,
      perSecond: options.rate,
      keys: 1_000,
      heldFromMinute: HELD_FROM + 1,
      sent,
      settled,
      stale,
      minutes,
    },
    ...(settled !== sent && { broken: `${sent} sent, ${settled} settled` }),
  }
}

const short = ({ p50, p99, max }: Quantiles): Quantiles => ({ p50: rounded(p50), p99: rounded(p99), max: rounded(max) })
