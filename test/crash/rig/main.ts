// npm run crash -- --kills 100 --store sqlite
// Senders, runtimes, provider and judge in processes of their own; the runtimes are killed again and again; the ledgers are compared at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Options, optionsOf, UsageError } from './options.ts'
import { complaints, isGood, reportOf, summary } from './report.ts'
import { run } from './run.ts'
import type { Ground } from './supervise/ground.ts'
import { STORES } from './supervise/store.ts'
import type { World } from './supervise/world.ts'

const points = Object.values(STORES).map(({ name, points }) => `\n  ${name} (${points.length}): ${points.join(', ')}`)
const HELP = `npm run crash -- [--kills N] [--seed S] [--store sqlite|postgres] [--workers N] [--pooler] [--json]

Kills the runtime N times with SIGKILL while signed webhooks come in and a provider fails by chance, then compares the ledgers of the senders
and of the provider with the store. Kills come at random instants, while it starts, after a pause longer than the lease, and at named points; on
sqlite with a full disk; on postgres, where several runtimes share one database, after the network to it was cut or stalled, sessions were
terminated, the server restarted or crashed. The server is the run's own.

  --kills N    1 to 10000; each named point is reached at least once when there are as many; 100
  --seed S     repeats the plan of a run: what is done, in which order, with which pauses. Real time is not repeated; drawn without
  --store X    sqlite or postgres; sqlite
  --workers N  runtimes at the same time, 1 to 16, each killed and started again; postgres only; 3
  --pooler     PgBouncer in transaction mode before postgres
  --json       the last line of standard output is one JSON object; nothing else is there

Named points:${points.join('')}

A line of progress every few seconds goes to standard error. Exit codes: 0 nothing was lost, doubled or out of order; 1 something was, or a planned
point was never reached; 2 wrong use; 3 it could not start. What a failed run leaves behind is kept, and the folder named.
`

function options(): Options {
  try {
    return optionsOf(process.argv.slice(2))
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    console.error(thrown.message)
    process.exit(2)
  }
}

const { kills, seed, store, workers, pooler, json, help } = options()
if (help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'tieline-crash-rig-'))
const forget = (): void => rmSync(folder, { recursive: true, force: true })
let world: World | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    world?.end()
    forget()
    process.exit(signal === 'SIGINT' ? 130 : 143) // a server ends with this process
  })
}

/** Answers the exit code. */
async function judged(ground: Ground): Promise<number> {
  const outcome = await run({
    ...{ kills, seed, store, workers, ground, folder },
    note: (line) => console.error(line),
    opened: (it) => {
      world = it
    },
  })
  world?.end()
  const report = reportOf(outcome, { store: store.name, workers, pooler, seed })
  for (const line of [...complaints(outcome), ...outcome.leftOut.map((what) => `left out: ${what}`)])
    console.error(line)
  console.log(json ? JSON.stringify(report) : summary(report))
  if (isGood(report)) forget()
  else console.error(`ledgers, logs and store are kept in ${folder}; repeat the plan with --seed ${seed}`)
  return isGood(report) ? 0 : 1
}

console.error(`seed ${seed}; ledgers, logs and store are in ${folder}`)
let ground: Ground | undefined
try {
  ground = await store.ground({ folder, workers, pooler })
  process.exitCode = await judged(ground)
  if (process.exitCode !== 0) ground.keep(folder)
} catch (thrown) {
  const ran = world !== undefined
  world?.end()
  ground?.keep(folder)
  console.error(thrown instanceof Error ? thrown.message : thrown)
  console.error(`logs are kept in ${folder}; repeat the plan with --seed ${seed}`)
  process.exitCode = ran ? 1 : 3
} finally {
  await ground?.[Symbol.asyncDispose]()
}
