import { join } from 'node:path'
import { type Bench, compared, interleave, machine, median, type Options, rounded, type Variants } from './bench.ts'
import type { Quantiles } from './headline/quantiles.ts'
import { type Supervised, supervise } from './headline/supervisor.ts'
import { CONNECTIONS } from './load/load.ts'
import { BODY_BYTES, SECRET } from './load/stripe-events.ts'
import { freePort, result, sleep, start, temporary } from './process.ts'
import { redis, redisMissing } from './redis.ts'
import { statusOf, tielineStatus } from './status.ts'

const KILL_EVERY_MS = 2_000
/** What waits after the load must be through by then; BullMQ finds work of a dead worker only after its lock of 30 s. */
const PATIENCE_MS = 120_000

interface Sent {
  readonly run: string
  readonly sent: number
  readonly acknowledged: number
  readonly retried: number
  readonly repeats: number
  readonly endsMs: number
  readonly ms: Quantiles
}

interface Tally {
  readonly lost: number
  readonly doubled: number
  readonly repeats: number
  readonly inTime: number
  readonly lastMs: number
  readonly ms: Quantiles
}

interface Run {
  /** Effects per second while the load lasted. */
  readonly rate: number
  readonly sent: Sent
  readonly tally: Tally
  readonly kills: number
  readonly recoveryMs: readonly number[]
}

/** A receiver with its worker, and where to ask how far it is. */
interface Receiver {
  readonly url: string
  readonly status: () => string
  readonly processes: Supervised
}

async function measure(receiver: Receiver, provider: string, options: Options, killed: boolean): Promise<Run> {
  const { url, status, processes } = receiver
  const sending = result<Sent>('headline/sender.ts', [
    `--url=${url}`,
    `--rate=${options.rate}`,
    `--seconds=${options.seconds}`,
  ])
  // The last kill falls into the load: what is measured after it is that everything comes through.
  const loaded = Promise.race([sending, sleep(options.seconds * 1_000)])
  if (killed) await processes.killUntil(KILL_EVERY_MS, loaded)
  const sent = await sending
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(50)) {
    if ((await statusOf(status())).pending === 0) break
  }
  const question = new URLSearchParams({ run: sent.run, sent: String(sent.sent), ended: String(sent.endsMs) })
  const tally = (await (await fetch(`${provider}/tally?${question}`)).json()) as Tally
  const { kills, recoveryMs } = processes
  return { rate: tally.inTime / options.seconds, sent, tally, kills, recoveryMs }
}

async function tieline(options: Options, killed: boolean): Promise<Run> {
  await using folder = await temporary()
  await using provider = await start('headline/provider.ts')
  const port = await freePort()
  const env = {
    TIELINE_STORE: `sqlite:${join(folder.path, 'headline.db')}`,
    TIELINE_PORT: String(port),
    SINK_URL: String(provider.ready['url']),
    STRIPE_WEBHOOK_SECRET: SECRET,
  }
  const config = join(import.meta.dirname, 'headline/tieline.config.ts')
  await using processes = await supervise([
    () => start('../src/cli/main.ts', ['start', '--config', config, '--json'], env),
  ])
  const url = `http://127.0.0.1:${port}`
  return await measure({ url, status: () => tielineStatus(url), processes }, env.SINK_URL, options, killed)
}

/** Handler and worker die together; Redis lives. */
async function bullmq(options: Options): Promise<Run> {
  await using store = await redis()
  await using provider = await start('headline/provider.ts')
  const port = await freePort()
  const sink = String(provider.ready['url'])
  let status = ''
  await using processes = await supervise([
    () => start('server/bullmq-handler.ts', [store.port, String(port)]),
    async () => {
      const worker = await start('server/bullmq-worker.ts', [store.port, sink])
      status = String(worker.ready['url'])
      return worker
    },
  ])
  return await measure({ url: `http://127.0.0.1:${port}`, status: () => status, processes }, sink, options, true)
}

/**
 * Accepted, mapped, delivered and durable, with `kill -9` of the runtime every two seconds. Waiting counts from the moment at which the
 * sender first wanted to send an event: to its acknowledgement, and to its effect at the provider.
 */
export const headline: Bench = async (options) => {
  const missing = redisMissing()
  const variants: Variants<Run> = {
    tieline: () => tieline(options, true),
    'no-kills': () => tieline(options, false),
    ...(missing === undefined && { bullmq: () => bullmq(options) }),
  }
  if (missing !== undefined) options.note(`bullmq is left out: ${missing}`)
  const results = await interleave(variants, options, ({ rate }) => rate)
  const found = Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, summary(runs)]))
  const { lost = 0, doubled = 0 } = found['tieline'] ?? {}
  return {
    unit: 'delivered/s',
    better: 'higher',
    ...compared(results, ({ rate }) => rate),
    conditions: {
      ...machine(),
      offeredPerSecond: options.rate,
      connections: CONNECTIONS,
      bodyBytes: BODY_BYTES,
      keys: 10_000,
      killEveryMs: KILL_EVERY_MS,
      rounds: options.rounds,
      seconds: options.seconds,
      ...found['tieline'],
      peers: { 'no-kills': found['no-kills'], bullmq: found['bullmq'] },
      ...(missing !== undefined && { leftOut: { bullmq: missing } }),
    },
    ...(lost + doubled > 0 && { broken: `${lost} lost, ${doubled} doubled: this must not be` }),
  }
}

/** Sums of what must not happen, medians of what takes time. */
function summary(runs: readonly Run[]) {
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const middle = (of: (run: Run) => number): number => rounded(median(runs.map(of)))
  const recoveries = runs.flatMap(({ recoveryMs }) => recoveryMs)
  return {
    sent: sum(({ sent }) => sent.sent),
    unacknowledged: sum(({ sent }) => sent.sent - sent.acknowledged),
    lost: sum(({ tally }) => tally.lost),
    doubled: sum(({ tally }) => tally.doubled),
    /** Deliveries that were made again, with the same key, because the process died before it knew that the first had worked. */
    repeatedCalls: sum(({ tally }) => tally.repeats),
    retriedRequests: sum(({ sent }) => sent.retried),
    kills: sum(({ kills }) => kills),
    recoveryMs:
      recoveries.length === 0 ? undefined : { p50: rounded(median(recoveries)), max: rounded(Math.max(...recoveries)) },
    effectMs: {
      p50: middle(({ tally }) => tally.ms.p50),
      p99: middle(({ tally }) => tally.ms.p99),
      max: middle(({ tally }) => tally.ms.max),
    },
    acknowledgedMs: {
      p50: middle(({ sent }) => sent.ms.p50),
      p99: middle(({ sent }) => sent.ms.p99),
      max: middle(({ sent }) => sent.ms.max),
    },
    /** From the end of the load to the last effect. */
    lastEffectAfterMs: middle(({ tally, sent }) => Math.max(0, tally.lastMs - sent.endsMs)),
  }
}
