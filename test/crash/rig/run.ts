import { join } from 'node:path'
import type { Verdict } from './judge/verdict.ts'
import { openLedger } from './ledger.ts'
import { planOf, type Strike, type StrikeName } from './plan/plan.ts'
import { operatorOf, type Status } from './supervise/admin.ts'
import { canFillDisk } from './supervise/full-disk.ts'
import { createLives, type Lives } from './supervise/lives.ts'
import { freePort } from './supervise/port.ts'
import { settle } from './supervise/settle.ts'
import type { StoreUnderTest } from './supervise/store.ts'
import { armed, strikeDown } from './supervise/strike.ts'
import { createWorld, type World } from './supervise/world.ts'

export interface RunOptions {
  readonly kills: number
  readonly seed: number
  readonly store: StoreUnderTest
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
  /** What else went wrong: the runtime ended by itself, a sender was refused … */
  readonly troubles: readonly string[]
  readonly lives: Pick<Lives, 'recoveryMs' | 'readyMs'>
  /** Dead letters that the rig, as the operator, replayed. */
  readonly replayed: number
  readonly seconds: number
  readonly leftOut: readonly string[]
}

/** A line of `strikes.ndjson`, for whoever looks into what went wrong. */
type StrikeLine = Strike & {
  readonly kill: number
  readonly pid: number
  readonly atMs: number
  readonly reached: boolean
}

const FAILURES = 3 // in a row: then the run is given up
const REFUSALS = 20 // senders try again for ever; so many are told
const PROGRESS_MS = 5_000
const OPERATE_MS = 400

/**
 * Kills the runtime again and again while senders send and the provider fails, then lets all settle and judges.
 * @throws {Error} when it cannot go on
 */
export async function run({ kills, seed, store, folder, note, opened }: RunOptions): Promise<Outcome> {
  const began = performance.now()
  const seconds = (): number => Math.round((performance.now() - began) / 1_000)
  const fullDisk = canFillDisk()
  const port = await freePort()
  const operator = operatorOf(port)
  const troubles: string[] = []
  const points: Partial<Record<StrikeName, number>> = {}
  const ledger = openLedger<StrikeLine>(join(folder, 'strikes.ndjson'))
  let kill = 0
  let replayed = 0
  let status: Status | undefined

  const world = await createWorld({
    folder,
    port,
    seed,
    store,
    called: (pid) => lives.called(pid),
    refused: (what) => troubles.length < REFUSALS && troubles.push(`a sender was refused: ${what}`),
  })
  const lives = createLives(world.runtime)
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

  /** Whether the runtime ended by SIGKILL, as it should. */
  async function oneLife(strike: Strike): Promise<boolean> {
    const runtime = lives.start(armed(strike))
    const struck = await strikeDown(strike, runtime, world.provider, operator)
    const end = await runtime.ended
    lives.ended(end)
    kill++
    const killed = end.signal === 'SIGKILL'
    const reached = killed && struck.reached
    points[strike.as] = (points[strike.as] ?? 0) + Number(reached)
    ledger.append({ kill, ...strike, pid: runtime.pid, atMs: Math.round(end.at - began), reached })
    const place = `kill ${kill}, ${strike.as}`
    if (struck.trouble !== undefined) troubles.push(`${place}: ${struck.trouble}`)
    if (!killed) troubles.push(`${place}: the runtime ended with ${end.signal ?? end.code}: ${runtime.words()}`)
    return killed
  }

  try {
    let failures = 0
    for (const strike of planOf({ kills, seed, fullDisk })) {
      failures = (await oneLife(strike)) ? 0 : failures + 1
      if (failures === FAILURES) throw new Error(troubles.join('\n'))
    }
    const last = lives.start({})
    if ((await last.ready) === undefined) throw new Error(`the runtime did not start: ${last.words()}`)
    note(`${seconds()} s: ${kill} kills done; waiting until all is settled`)
    troubles.push(...(await settle(last, world, operator)))
    const verdict = await world.judge()
    const neverReached = (Object.keys(points) as StrikeName[]).filter((name) => points[name] === 0)
    const leftOut = fullDisk ? [] : ['full disk: there is no prlimit here']
    return { kills: kill, verdict, points, neverReached, troubles, lives, replayed, seconds: seconds(), leftOut }
  } finally {
    clearInterval(progress)
    clearInterval(operating)
  }
}
