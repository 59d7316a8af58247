// npm start                      the whole triangle with live traffic, for about 50 minutes or until Ctrl-C
// npm start -- --once --json     bounded: sends its traffic with faults, waits until all is settled, judges, exits
import { parseArgs } from 'node:util'
import { type Counts, createScreen, type Picture } from './screen.ts'
import { supervise } from './supervisor.ts'
import { begin, end, get, PORT, post, unfinished, type Verdict, type World } from './world.ts'

interface Status {
  readonly accepted: number
  readonly duplicates: number
  readonly delivered: number
  readonly skipped: number
  readonly dead: number
  readonly quarantined: number
  readonly pending: number
  readonly waiting: number
}

interface Progress {
  readonly signups: number
  readonly payments: number
  readonly refunds: number
  readonly refused: readonly string[]
  readonly finished: boolean
}

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    payments: { type: 'string' },
    signups: { type: 'string' },
    'per-second': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`npm start -- [--once] [--json] [--payments N] [--signups N] [--per-second N]

  Without --once: 100000 payments and 10000 sign-ups at 40 a second; it ends by itself after about 50 minutes, refunds included, or at Ctrl-C.

  --once   2000 payments and 200 sign-ups, as fast as they go
  --json   the last line is one JSON object; nothing else on standard output

  At its end it waits until all is settled and compares the ledgers; it exits 0 only if nothing was lost or doubled.
  A run that was killed is taken up again by the next one.`)
  process.exit(0)
}

if (!Number.isInteger(PORT) || PORT < 1 || PORT > 65_535) {
  console.error(`TIELINE_PORT ${process.env['TIELINE_PORT']}: use a whole number from 1 to 65535`)
  process.exit(3)
}

const screen = createScreen(values.json ? process.stderr : process.stdout, values.json)
const began = performance.now()
const LOOK_MS = 100
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const former = await unfinished()
if (former !== undefined) screen.say('taking up the run that was interrupted')
const world = former ?? (await begin())
const runtime = await supervise(world, screen.say, giveUp).catch(async (error: unknown) => {
  if (former === undefined) await end(world)
  return giveUp(error)
})

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true
  })
}

if ((await get<Progress[]>(world.app, 'traffic')).length === 0) {
  const perSecond = values['per-second'] ?? (values.once ? undefined : '40')
  await post(world.app, 'traffic', {
    eventsUrl: `${runtime.url}/events`,
    signups: Number(values.signups ?? (values.once ? 200 : 10_000)),
    payments: Number(values.payments ?? (values.once ? 2_000 : 100_000)),
    ...(perSecond === undefined ? {} : { perSecond: Number(perSecond) }),
  })
}

let quietFor = 0
let picture: Picture | undefined
let status: Status | undefined
while (!interrupted) {
  status = await look(world, runtime.url).catch(() => status) // the runtime may be down at this moment
  if (status !== undefined) {
    const [progress] = await get<Progress[]>(world.app, 'traffic')
    const quiet = progress?.finished === true && picture?.webhooks === 0 && status.pending === 0
    quietFor = quiet ? quietFor + LOOK_MS : 0
    if (quietFor > 300) break
  }
  await sleep(LOOK_MS)
}

const code = !interrupted && status !== undefined ? await judge(status) : 0
await runtime.stop()
await end(world)
process.exit(code)

/** The world goes on for a while, so that the next start can take the run up. */
function giveUp(error: unknown): never {
  console.error(error instanceof Error ? error.message : error)
  process.exit(3)
}

async function look(at: World, url: string): Promise<Status> {
  const answer = await fetch(`${url}/admin/v1/status`, { signal: AbortSignal.timeout(2_000) })
  const now = (await answer.json()) as Status
  const [progress] = await get<Progress[]>(at.app, 'traffic')
  const counts = await get<Counts>(at.app, 'counts')
  picture = {
    signups: progress?.signups ?? 0,
    payments: progress?.payments ?? 0,
    refunds: progress?.refunds ?? 0,
    ...now,
    ...counts,
  }
  screen.draw(picture)
  return now
}

async function judge(now: Status): Promise<number> {
  const verdict = await post<Verdict>(world.app, 'verdict', undefined)
  const [progress] = await get<Progress[]>(world.app, 'traffic')
  for (const what of ['lost', 'doubled', 'outOfOrder'] as const) {
    for (const line of verdict[what].slice(0, 10)) console.error(`${what}: ${line}`)
  }
  for (const line of progress?.refused ?? []) console.error(`refused: ${line}`)
  const seconds = Number(((performance.now() - began) / 1_000).toFixed(1))
  const lost = verdict.lost.length + (progress?.refused.length ?? 0)
  const doubled = verdict.doubled.length
  const outOfOrder = verdict.outOfOrder.length
  const { accepted, duplicates, delivered, skipped, dead, quarantined } = now
  const agree = lost === 0 && doubled === 0 && outOfOrder === 0
  if (verdict.stale.length > 0)
    screen.say(`${verdict.stale.length} refunds reached us before their payments, as the provider sent them.`)
  screen.say(
    agree
      ? 'The three ledgers agree: nothing lost, nothing doubled, everything in order.'
      : 'The ledgers do NOT agree.',
  )
  console.log(
    JSON.stringify({
      accepted,
      duplicates,
      delivered,
      skipped,
      dead,
      quarantined,
      lost,
      doubled,
      outOfOrder,
      seconds,
      starts: runtime.starts(),
    }),
  )
  return agree ? 0 : 1
}
