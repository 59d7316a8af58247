import { type Bench, machine, median, type Options, rounded } from './bench.ts'
import { postgresServer, type Server } from './postgres.ts'
import { result } from './process.ts'
import { once } from './queue/sql.ts'
import { talking } from './talking.ts'

const SMALL = 10_000
const SIZES = [SMALL, 1_000_000, 10_000_000]
/** At most so many are settled: the backlog is then about as deep as it was. */
const SETTLED = 100_000
/** The smallest is over before a figure is steady: it is repeated. */
const REPEATS = 5

/** Node as it is: the flags of the other benchmarks buy speed with memory, and memory is looked at here. */
const PLAIN = ['--conditions=@tieline/source']

interface Drained {
  readonly settled: number
  readonly stale: number
  /** Messages per second, from the first claim to the last settle. */
  readonly rate: number
  /** From the process's own start of its store to the first claim that gave work. */
  readonly firstMs: number
  readonly rssMb: number
  readonly peakMb: number
}

interface Found extends Drained {
  readonly pending: number
  readonly fillSeconds: number
  readonly databaseMb: number
}

/** How fast work is found and settled, and what it costs in memory, by how much of it waits; half of it behind one key that is blocked. */
export const backlog: Bench = async (options) => {
  await using server = await postgresServer()
  const sizes = [...new Set([...SIZES.filter((size) => size <= options.largest), options.largest])].sort(
    (a, b) => a - b,
  )
  const found: Found[] = []
  for (const pending of sizes) found.push(await atSize(server, pending, options))
  const [small = found[0]!, large = found.at(-1)!] = [found[0], found.at(-1)]
  return {
    unit: `messages/s with ${large.pending} pending`,
    better: 'higher',
    value: Math.round(large.rate),
    peers: { [`with ${small.pending} pending`]: Math.round(small.rate) },
    ratio: { [`with ${small.pending} pending`]: rounded(large.rate / small.rate) },
    conditions: { ...machine(), postgres: server.version, settings: server.settings, bodyBytes: 70, sizes: found },
  }
}

async function atSize(server: Server, pending: number, options: Options): Promise<Found> {
  const runs: Found[] = []
  for (let run = 0; run < (pending <= SMALL ? REPEATS : 1); run++) {
    await using database = await server.database(`backlog_${pending}_${run}`)
    const { seconds } = await result<{ seconds: number }>('backlog/fill.ts', [database.url, String(pending)])
    const [size] = await once<{ mb: number }>(
      database.url,
      'SELECT (pg_database_size(current_database()) >> 20)::int AS mb',
    )
    const wanted = Math.min(Math.floor(pending / 2), SETTLED)
    await using worker = talking('backlog/drain.ts', [database.url, String(wanted), String(pending)], PLAIN)
    await worker.until('ended')
    const drained = worker.said as unknown as Drained
    if (drained.settled < wanted || drained.stale > 0) {
      throw new Error(`${drained.settled} of ${wanted} were settled, ${drained.stale} of them too late`)
    }
    runs.push({ pending, ...drained, fillSeconds: rounded(seconds), databaseMb: size?.mb ?? 0 })
    options.note(
      `${pending} pending: ${Math.round(drained.rate)}/s, first after ${Math.round(drained.firstMs)} ms, ${drained.peakMb} MB`,
    )
  }
  const rate = median(runs.map((one) => one.rate))
  return runs.reduce((best, one) => (Math.abs(one.rate - rate) < Math.abs(best.rate - rate) ? one : best))
}
