import { join } from 'node:path'
import type { Seen } from './badday/seen.ts'
import { type Balance, balance, providers, sending } from './badday/stage.ts'
import { versionOf } from './badday/version.ts'
import { type Bench, interleave, machine, median, rounded, type Variants } from './bench.ts'
import { CONCURRENCY, LOUD, PER_SECOND, PROVIDER, QUIET, TENANTS } from './fairness/load.ts'
import type { Quantiles } from './headline/quantiles.ts'
import { postgresServer } from './postgres.ts'
import { type Running, sleep, start, temporary } from './process.ts'
import { redis, redisMissing } from './redis.ts'

const WARM_UP_S = 3
/** For what the others sent; what waits of the loud one is left. */
const PATIENCE_MS = 30_000

interface Run extends Balance {
  /** Milliseconds from acceptance, of the one of the others that has the worst p99. */
  readonly worst: Quantiles
  /** … and of all of them together. */
  readonly others: Quantiles
  /** What the loud one sent, and had done of it, each second, the warm-up included. */
  readonly loud: { readonly sentPerSecond: number; readonly donePerSecond: number }
}

type System = (url: string) => Promise<Running>

async function run(system: System, loud: boolean, seconds: number): Promise<Run> {
  await using world = await providers({ seed: 1, providers: [PROVIDER] })
  await using app = await system(world.urls[0] ?? '')
  await using sender = sending({
    url: String(app.ready['url']),
    streams: loud ? [QUIET, LOUD] : [QUIET],
    closed: false,
    warmUpSeconds: WARM_UP_S,
    seconds: WARM_UP_S + seconds,
    connections: 16,
    attempts: 1_000,
  })
  await sleep((WARM_UP_S + seconds) * 1_000)
  const loudPerSecond = (of: (name: string) => number): number =>
    Math.round((of(LOUD.name) + of(`warm-up ${LOUD.name}`)) / (WARM_UP_S + seconds))
  const done = loudPerSecond(world.effects)
  const sent = await sender.stop()
  const others = Object.fromEntries(Object.entries(sent).filter(([name]) => name.endsWith(QUIET.name)))
  await world.through(others, PATIENCE_MS)
  const report = await world.report()
  const seen = report.seen[QUIET.name] as Seen | undefined
  if (seen?.worstTenant === undefined) throw new Error('nothing of the others came through')
  return {
    ...balance(others, report),
    worst: seen.worstTenant,
    others: seen.acceptMs,
    loud: { sentPerSecond: loudPerSecond(sender.made), donePerSecond: done },
  }
}

interface Pair {
  readonly without: Run
  readonly withLoud: Run
}

const script = (url: string, store: string): Promise<Running> =>
  start('fairness/tieline.ts', [url], { TIELINE_STORE: store })

async function sqlite(loud: boolean, seconds: number): Promise<Run> {
  await using folder = await temporary()
  return await run((url) => script(url, `sqlite:${join(folder.path, 'fairness.db')}`), loud, seconds)
}

async function postgres(loud: boolean, seconds: number): Promise<Run> {
  await using server = await postgresServer()
  await using database = await server.database('fairness')
  return await run((url) => script(url, database.url), loud, seconds)
}

async function bullmq(loud: boolean, seconds: number): Promise<Run> {
  await using store = await redis()
  return await run((url) => start('fairness/bullmq.ts', [store.port, url]), loud, seconds)
}

type Measure = (loud: boolean, seconds: number) => Promise<Run>

const pair =
  (measure: Measure, seconds: number): (() => Promise<Pair>) =>
  async () => ({ without: await measure(false, seconds), withLoud: await measure(true, seconds) })

/**
 * Twenty tenants of one flow, and one that sends a hundred times as much as each of them, which is more than the flow can deliver: what
 * that costs the others. `--only sqlite` or `--only postgres` leaves the other store and the peer out.
 */
export const fairness: Bench = async (options) => {
  const { rounds, seconds, only, note } = options
  const missing = redisMissing()
  if (missing !== undefined) note(`bullmq is left out: ${missing}`)
  const measures: Readonly<Record<string, Measure>> = {
    sqlite,
    postgres,
    ...(missing === undefined && { bullmq }),
  }
  const wanted = Object.entries(measures).filter(([name]) => only.length === 0 || only.includes(name))
  if (wanted.length === 0) throw new Error(`--only ${only.join()}: use ${Object.keys(measures).join()}`)
  const variants: Variants<Pair> = Object.fromEntries(wanted.map(([name, measure]) => [name, pair(measure, seconds)]))
  const results = await interleave(variants, options, ({ withLoud }) => withLoud.worst.p99)
  const figures = Object.entries(results).map(([name, pairs]) => [name, rounded(median(pairs.map(worst)))] as const)
  const [[, value] = ['', Number.NaN], ...peers] = figures
  const found = Object.fromEntries(Object.entries(results).map(([name, pairs]) => [name, summary(pairs)]))
  const broken = ['sqlite', 'postgres'].filter((name) => (found[name]?.lost ?? 0) + (found[name]?.doubled ?? 0) > 0)
  return {
    unit: `worst p99 of the others with the loud one / without, ${figures[0]?.[0]}`,
    better: 'lower',
    value,
    peers: Object.fromEntries(peers),
    ratio: Object.fromEntries(peers.map(([name, peer]) => [name, rounded(value / peer)])),
    conditions: {
      ...machine(),
      versions: { bullmq: versionOf('bullmq') },
      tenants: TENANTS,
      perSecondOfEach: PER_SECOND,
      perSecondOfTheLoudOne: LOUD.perSecond,
      concurrency: CONCURRENCY,
      providerMs: `${PROVIDER.delayMs} ± ${PROVIDER.jitterMs}`,
      rounds,
      seconds,
      ...found,
      ...(missing !== undefined && { leftOut: { bullmq: missing } }),
    },
    ...(broken.length > 0 && { broken: `lost or doubled on ${broken.join()}: this must not be` }),
  }
}

const worst = ({ without, withLoud }: Pair): number => withLoud.worst.p99 / without.worst.p99

function summary(pairs: readonly Pair[]) {
  const runs = pairs.flatMap(({ without, withLoud }) => [without, withLoud])
  const sum = (of: (run: Run) => number): number => runs.reduce((total, one) => total + of(one), 0)
  const side = (of: (pair: Pair) => Run) => ({
    worst: middle(pairs.map((one) => of(one).worst)),
    others: middle(pairs.map((one) => of(one).others)),
  })
  return {
    acceptToEffectMs: { without: side(({ without }) => without), withLoud: side(({ withLoud }) => withLoud) },
    loud: pairs.at(-1)?.withLoud.loud,
    accepted: sum(({ accepted }) => accepted),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
  }
}

const middle = (all: readonly Quantiles[]) => ({
  p50: rounded(median(all.map(({ p50 }) => p50))),
  p99: rounded(median(all.map(({ p99 }) => p99))),
})
