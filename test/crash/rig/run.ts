import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../server/port.ts'
import { type Recovery, recoveryOf } from './judge/recovery.ts'
import type { Verdict } from './judge/verdict.ts'
import { type Called, type Life, openLedger, readLedger } from './ledger.ts'
import { planOf, type Strike, type StrikeName } from './plan/plan.ts'
import { operatorOf, type Status } from './supervise/admin.ts'
import type { Child, End } from './supervise/child.ts'
import { canFillDisk } from './supervise/full-disk.ts'
import type { Ground } from './supervise/ground.ts'
import { createLives } from './supervise/lives.ts'
import { settle } from './supervise/settle.ts'
import type { StoreUnderTest } from './supervise/store.ts'
import { armed, strikeDown } from './supervise/strike.ts'
import { createWorld, type World } from './supervise/world.ts'

export interface RunOptions {
  readonly kills: number
  readonly seed: number
  readonly store: StoreUnderTest
  readonly workers: number
  readonly ground: Ground
  readonly folder: string
  /** A line of progress. */
  readonly note: (line: string) => void
  /** Told once what must be ended when the run is given up. */
  readonly opened: (world: World) => void
}

export interface Outcome {
  readonly kills: number
  readonly verdict: Verdict
  /** How often each strike was as its name says, of those planned. */
  readonly points: Readonly<Partial<Record<StrikeName, number>>>
  readonly neverReached: readonly StrikeName[]
  /** What else went wrong: a runtime ended by itself, a sender was refused … */
  readonly troubles: readonly string[]
  readonly recovery: Recovery
  readonly readyMs: readonly number[]
  /** Starts that failed because the store could not be reached, and were repeated. */
  readonly failedStarts: number
  /** Dead letters that the rig, as the operator, replayed. */
  readonly replayed: number
  readonly seconds: number
  readonly leftOut: readonly string[]
}

/** A line of `lives.ndjson`: for the judge, and for whoever looks into what went wrong. */
type LifeLine = Life & Strike & { readonly kill: number; readonly worker: number; readonly reached: boolean }

const FAILURES = 3 // in a row: then the run is given up
const REFUSALS = 20 // senders try again for ever; so many are told
const PROGRESS_MS = 5_000
const OPERATE_MS = 400
/** As a supervisor of processes waits before it starts one again that did not come up. */
const RESTART_MS = 200

/** It has ended by itself, since the store could not be reached. */
const notOpened = (runtime: Child, { code }: End): boolean =>
  code === 1 && runtime.words().includes('STORE_UNAVAILABLE')

/**
 * Kills the runtimes again and again while senders send and the provider fails, then lets all settle and judges.
 * @throws {Error} when it cannot go on
 */
export async function run(options: RunOptions): Promise<Outcome> {
  const { kills, seed, store, workers, ground, folder, note, opened } = options
  const began = performance.now()
  const seconds = (): number => Math.round((performance.now() - began) / 1_000)
  const ports: number[] = []
  while (ports.length < workers) ports.push(await freePort())
  const operator = operatorOf(ports)
  const troubles: string[] = []
  const readyMs: number[] = []
  const points: Partial<Record<StrikeName, number>> = {}
  const records = join(folder, 'lives.ndjson')
  const ledger = openLedger<LifeLine>(records)
  const { points: named, mixture, calmMs } = store
  const strikes = planOf({ kills, seed, points: named, mixture, calmMs }).values()
  let kill = 0
  let failures = 0
  let failedStarts = 0
  let replayed = 0
  let status: Status | undefined

  const world = await createWorld({
    folder,
    ports,
    seed,
    ground,
    refused: (what) => troubles.length < REFUSALS && troubles.push(`a sender was refused: ${what}`),
  })
  opened(world)
  note('senders and provider are at work')

  const progress = setInterval(() => {
    const { accepted = 0, delivered = 0, pending = 0 } = status ?? {}
    const counts = `${accepted} events accepted, ${delivered} deliveries, ${pending} waiting`
    note(`${seconds()} s: ${kill} of ${kills} kills, ${counts}`)
  }, PROGRESS_MS)
  const operating = setInterval(async () => {
    status = (await operator.status()) ?? status
    if (status !== undefined && status.dead > 0) replayed += await operator.replay()
  }, OPERATE_MS)

  /** One process after the other, until there is nothing more to do to them. Answers the last one, which works. */
  async function work(worker: number): Promise<Child> {
    const lives = createLives(
      (env) => world.runtime(worker, env),
      (ms) => readyMs.push(ms),
    )

    /** The next runtime, and whether it could not open its store and has ended for that. */
    async function startUp(env: Readonly<Record<string, string>>): Promise<Child> {
      const runtime = lives.start(env)
      const ended = await Promise.race([runtime.ready.then(() => undefined), runtime.ended])
      if (ended === undefined || !notOpened(runtime, ended)) return runtime
      failedStarts++
      await sleep(RESTART_MS)
      return startUp(env)
    }

    async function oneLife(strike: Strike): Promise<void> {
      const runtime = strike.as === 'while starting' ? lives.start({}) : await startUp(armed(strike))
      const {
        reached: asNamed,
        trouble,
        ...spans
      } = await strikeDown(strike, {
        ...{ worker, runtime, operator, ground },
        provider: world.provider,
      })
      const end = await runtime.ended
      lives.ended(end)
      if (strike.as === 'while starting' && notOpened(runtime, end)) {
        failedStarts++
        return oneLife(strike)
      }
      kill++
      const killed = end.signal === 'SIGKILL'
      const reached = killed && asNamed
      points[strike.as] = (points[strike.as] ?? 0) + Number(reached)
      const killedAtMs = Math.round(performance.timeOrigin + end.at)
      ledger.append({ kill, worker, ...strike, pid: runtime.pid, killedAtMs, reached, ...spans })
      const place = `kill ${kill}, ${strike.as}, process ${runtime.pid}`
      if (trouble !== undefined) troubles.push(`${place}: ${trouble}`)
      if (!killed) troubles.push(`${place}: the runtime ended with ${end.signal ?? end.code}: ${runtime.words()}`)
      failures = killed ? 0 : failures + 1
      if (failures >= FAILURES) throw new Error(troubles.join('\n'))
    }

    for (const strike of strikes) await oneLife(strike)
    const last = await startUp({})
    if ((await last.ready) === undefined) throw new Error(`the runtime did not start: ${last.words()}`)
    return last
  }

  try {
    const last = await Promise.all(ports.map((_, worker) => work(worker)))
    note(`${seconds()} s: ${kill} kills done; waiting until all is settled`)
    troubles.push(...(await settle(last, world, operator)))
    const verdict = await world.judge(records)
    const neverReached = (Object.keys(points) as StrikeName[]).filter((name) => points[name] === 0)
    const leftOut = store.name === 'sqlite' && !canFillDisk() ? ['full disk: there is no prlimit here'] : []
    const recovery = recoveryOf(readLedger<Called>(world.ledger), readLedger<Life>(records), workers)
    const counted = { kills: kill, replayed, failedStarts, seconds: seconds() }
    return { ...counted, verdict, points, neverReached, troubles, recovery, readyMs, leftOut }
  } finally {
    clearInterval(progress)
    clearInterval(operating)
  }
}
