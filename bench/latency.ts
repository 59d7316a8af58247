import type { Store } from 'tieline'
import { postgres } from 'tieline/postgres'
import { type Bench, machine, rounded } from './bench.ts'
import { quantiles } from './headline/quantiles.ts'
import { postgresServer } from './postgres.ts'
import { sleep } from './process.ts'
import { child } from './queue/fork.ts'
import { now } from './queue/inbox.ts'
import { messageOf } from './queue/tieline.ts'

const MESSAGES_PER_SECOND = 20
const TARGET = { p50: 10, p99: 50 }
/** Measured messages come after so many others, which load code and connections. */
const WARM_UP = 20

/** Milliseconds from a publish in one process, on an idle system, to its effect in another: a commit, a NOTIFY, a claim and a call. */
export const latency: Bench = async (options) => {
  await using server = await postgresServer()
  const found: Record<string, { publishMs: object; effectMs: { p50: number; p99: number; max: number } }> = {}
  for (const system of ['tieline-runtime', 'tieline-store']) {
    await using database = await server.database(system.replace('-', '_'))
    const messages = WARM_UP + MESSAGES_PER_SECOND * options.seconds
    const place = { url: database.url, redisPort: '', messages, keys: 0, workers: 1 }
    await using store: Store = postgres(database.url)
    await store.migrate()
    await using worker = child({ system, role: 'work', place, index: 0 })
    await worker.until('ready')
    worker.tell('go')
    await worker.until('started')
    await sleep(1_000) // until it has taken over what there is
    const sent: number[] = []
    const acknowledged: number[] = []
    for (let n = 0; n < messages; n++) {
      // Apart by chance, so that no rhythm of the receiver is met again and again.
      await sleep((Math.random() * 2 * 1_000) / MESSAGES_PER_SECOND)
      sent.push(now())
      await store.accept([messageOf(n, 0)])
      acknowledged.push(now())
    }
    for (const end = now() + 10_000; (worker.said.handled ?? 0) < messages && now() < end; ) await sleep(20)
    worker.tell('stop')
    await worker.until('at')
    const at = worker.said.at ?? new Float64Array(messages)
    const lost = at.filter((time) => time === 0).length
    if (lost > 0) throw new Error(`${system}: ${lost} of ${messages} messages had no effect within 10 s`)
    const since = (times: Iterable<number>) =>
      quantiles(Array.from(times, (time, n) => time - (sent[n] ?? 0)).slice(WARM_UP))
    const effect = since(at)
    const publish = since(acknowledged)
    found[system] = { publishMs: short(publish), effectMs: short(effect) }
    options.note(`${system}: publish to effect p50 ${rounded(effect.p50)} ms, p99 ${rounded(effect.p99)} ms`)
  }
  const ours = found['tieline-runtime']?.effectMs ?? { p50: 0, p99: 0, max: 0 }
  const peers = { p99: ours.p99, 'target p50': TARGET.p50, 'target p99': TARGET.p99 }
  return {
    unit: 'ms from publish to effect, p50',
    better: 'lower',
    value: ours.p50,
    peers,
    ratio: Object.fromEntries(Object.entries(peers).map(([name, ms]) => [name, rounded(ours.p50 / ms)])),
    conditions: {
      ...machine(),
      postgres: server.version,
      settings: server.settings,
      messagesPerSecond: MESSAGES_PER_SECOND,
      seconds: options.seconds,
      ...found,
    },
  }
}

const short = ({ p50, p99, max }: { p50: number; p99: number; max: number }) => ({
  p50: rounded(p50),
  p99: rounded(p99),
  max: rounded(max),
})
