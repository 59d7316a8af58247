import { join } from 'node:path'
import { bySecond } from './badday/capacity.ts'
import { CARE } from './badday/care.ts'
import { now, type Stream } from './badday/plan.ts'
import type { Waits } from './badday/seen.ts'
import { type Balance, balance, providers, sending } from './badday/stage.ts'
import { versionOf } from './badday/version.ts'
import { type Bench, interleave, machine, median, type Options, rounded, type Variants } from './bench.ts'
import { type Running, sleep, start, temporary } from './process.ts'
import { redis, redisMissing } from './redis.ts'

const PROVIDERS = 5
const PER_SECOND = 40
const WARM_UP_S = 4
/** Of its calls, while the last provider is bad. */
const BAD = { silent: 0.3, busy: 0.2 }
/** It publishes 100 a second and takes 5 % more, for calls are not evenly spaced when they arrive. */
const TAKES = Math.round(CARE.perSecond * 1.05)
/** The backlog of the bad provider must be through by then. */
const DRAIN_MS = 60_000
const PATIENCE_MS = 20_000

const NAMES = Array.from({ length: PROVIDERS }, (_, i) => `provider ${i + 1}`)
const BAD_NAME = NAMES.at(-1) ?? ''
const STREAMS = NAMES.map(
  (name, i): Stream => ({
    name,
    path: '/events',
    type: `work-${i + 1}`,
    perSecond: PER_SECOND,
    keys: 200,
    tenants: 0,
    batch: 1,
  }),
)

interface Run extends Balance {
  readonly waits: Readonly<Record<string, Waits>>
  readonly bad: {
    /** Calls that the bad provider received in each second while it was bad. */
    readonly calls: readonly number[]
    readonly breaches: number
    /** Of calls that came after it was well again. */
    readonly breachesAfter: number
    readonly backlog: number
    readonly drainMs: number | undefined
  }
}

type System = (urls: readonly string[]) => Promise<Running>

async function run(system: System, bad: boolean, seconds: number): Promise<Run> {
  const provider = { delayMs: 20, jitterMs: 5, perSecond: TAKES }
  await using world = await providers({ seed: 1, providers: NAMES.map(() => provider), bad: BAD })
  await using app = await system(world.urls)
  await using sender = sending({
    url: String(app.ready['url']),
    streams: STREAMS,
    closed: false,
    warmUpSeconds: WARM_UP_S,
    seconds: 600,
    connections: 16,
    attempts: 1_000,
  })
  const backlog = (): number => sender.made(BAD_NAME) - world.effects(BAD_NAME)
  await sleep(WARM_UP_S * 1_000)
  const beganMs = now()
  if (bad) world.tell('bad')
  await sleep(seconds * 1_000)
  const wellMs = now()
  const left = backlog()
  if (bad) world.tell('well')
  // A quarter of a second of traffic is always under way.
  while (bad && backlog() > PER_SECOND / 4 && now() < wellMs + DRAIN_MS) await sleep(20)
  const drainMs = backlog() > PER_SECOND / 4 ? undefined : Math.round(now() - wellMs)
  const sent = await sender.stop()
  await world.through(sent, PATIENCE_MS)
  const report = await world.report()
  const breaches = report.breaches.at(-1) ?? []
  return {
    ...balance(sent, report),
    waits: Object.fromEntries(NAMES.map((name) => [name, short(report.seen[name])])),
    bad: {
      calls: bySecond(report.calls.at(-1) ?? [], beganMs, wellMs),
      breaches: breaches.length,
      breachesAfter: breaches.filter((at) => at >= wellMs).length,
      backlog: left,
      drainMs,
    },
  }
}

interface Pair {
  readonly without: Run
  readonly withBad: Run
}

async function pair(system: System, seconds: number): Promise<Pair> {
  return { without: await run(system, false, seconds), withBad: await run(system, true, seconds) }
}

async function tieline(seconds: number): Promise<Pair> {
  await using folder = await temporary()
  let made = 0
  return await pair((urls) => start('badday/tieline.ts', [join(folder.path, `${++made}.db`), ...urls]), seconds)
}

async function bullmq(seconds: number): Promise<Pair> {
  const each: Run[] = []
  for (const bad of [false, true]) {
    await using store = await redis()
    each.push(await run((urls) => start('badday/bullmq.ts', [store.port, ...urls]), bad, seconds))
  }
  const [without, withBad] = each as [Run, Run]
  return { without, withBad }
}

/**
 * Five providers, and the last has a bad day: what it costs those who call the four others. From acceptance to the end of the call that
 * worked.
 */
export const badday: Bench = async (options: Options) => {
  const { rounds, seconds, note } = options
  const missing = redisMissing()
  if (missing !== undefined) note(`bullmq-cockatiel is left out: ${missing}`)
  const variants: Variants<Pair> = {
    tieline: () => tieline(seconds),
    ...(missing === undefined && { 'bullmq-cockatiel': () => bullmq(seconds) }),
  }
  const results = await interleave(variants, options, ({ withBad }) => worstP99(withBad))
  const figures = Object.entries(results).map(([name, pairs]) => [name, rounded(median(pairs.map(worst)))] as const)
  const [[, value] = ['', Number.NaN], ...peers] = figures
  const found = Object.fromEntries(Object.entries(results).map(([name, pairs]) => [name, summary(pairs)]))
  const { lost = 0, doubled = 0 } = found['tieline'] ?? {}
  return {
    unit: 'p99 with the bad provider / without',
    better: 'lower',
    value,
    peers: Object.fromEntries(peers),
    ratio: Object.fromEntries(peers.map(([name, peer]) => [name, rounded(value / peer)])),
    conditions: {
      ...machine(),
      versions: { bullmq: versionOf('bullmq'), cockatiel: versionOf('cockatiel') },
      providers: PROVIDERS,
      offeredPerSecond: PER_SECOND,
      providerMs: '20 ± 5',
      declaredPerSecond: CARE.perSecond,
      refusesAbove: `${TAKES} in any second`,
      bad: BAD,
      recoverablePerSecond: recoverable,
      rounds,
      seconds,
      ...found['tieline'],
      peers: { 'bullmq-cockatiel': found['bullmq-cockatiel'] },
      ...(missing !== undefined && { leftOut: { 'bullmq-cockatiel': missing } }),
    },
    ...(lost + doubled > 0 && { broken: `${lost} lost, ${doubled} doubled: this must not be` }),
  }
}

/** Calls a second that a provider as bad as this can answer well: what it publishes, times the share that it answers well. */
const recoverable = Math.round(CARE.perSecond * (1 - BAD.silent - BAD.busy))
const NEIGHBOURS = NAMES.slice(0, -1)
const p99 = (run: Run, name: string): number => run.waits[name]?.acceptMs.p99 ?? Number.NaN
const worstP99 = (run: Run): number => Math.max(...NEIGHBOURS.map((name) => p99(run, name)))
const worst = ({ without, withBad }: Pair): number => worstP99(withBad) / worstP99(without)

/** Medians of what takes time, sums of what must not happen. */
function summary(pairs: readonly Pair[]) {
  const runs = pairs.flatMap(({ without, withBad }) => [without, withBad])
  const sum = (of: (run: Run) => number): number => runs.reduce((total, one) => total + of(one), 0)
  const bad = pairs.map(({ withBad }) => withBad.bad)
  const seconds = bad.flatMap(({ calls }) => calls)
  const mean = seconds.reduce((total, calls) => total + calls, 0) / seconds.length
  const drains = bad.map(({ drainMs }) => drainMs)
  return {
    acceptToEffectMs: Object.fromEntries(
      NAMES.map((name) => [
        name,
        {
          without: middle(pairs.map(({ without }) => without.waits[name])),
          withBad: middle(pairs.map(({ withBad }) => withBad.waits[name])),
        },
      ]),
    ),
    dueToEffectP99: rounded(
      median(pairs.map(({ withBad }) => Math.max(...NEIGHBOURS.map((name) => withBad.waits[name]?.dueMs.p99 ?? 0)))) /
        median(pairs.map(({ without }) => Math.max(...NEIGHBOURS.map((name) => without.waits[name]?.dueMs.p99 ?? 0)))),
    ),
    badCallsPerSecond: { mean: rounded(mean), max: Math.max(...seconds) },
    badCallsOverRecoverable: { mean: rounded(mean / recoverable), max: rounded(Math.max(...seconds) / recoverable) },
    breachesWhileBad: bad.reduce((total, one) => total + one.breaches - one.breachesAfter, 0),
    breachesAfterRecovery: bad.reduce((total, one) => total + one.breachesAfter, 0),
    backlogAtRecovery: median(bad.map(({ backlog }) => backlog)),
    drainMs: drains.includes(undefined) ? `not within ${DRAIN_MS}` : median(drains as readonly number[]),
    accepted: sum(({ accepted }) => accepted),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    repeatedCalls: sum(({ repeatedCalls }) => repeatedCalls),
  }
}

function middle(all: readonly (Waits | undefined)[]) {
  const of = (quantile: 'p50' | 'p99'): number =>
    rounded(median(all.map((waits) => waits?.acceptMs[quantile] ?? Number.NaN)))
  return { p50: of('p50'), p99: of('p99') }
}

function short(waits: Waits | undefined): Waits {
  if (waits === undefined) throw new Error('a provider had no effect at all')
  return { acceptMs: waits.acceptMs, dueMs: waits.dueMs }
}
