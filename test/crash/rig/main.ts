// npm run crash -- --kills 100 --store sqlite
// Senders, runtime, provider and judge in processes of their own; the runtime is killed again and again; the ledgers are compared at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Options, optionsOf, UsageError } from './options.ts'
import { POINT_NAMES } from './plan/points.ts'
import { complaints, isGood, reportOf, summary } from './report.ts'
import { run } from './run.ts'
import type { World } from './supervise/world.ts'

const HELP = `npm run crash -- [--kills N] [--seed S] [--store sqlite] [--json]

Kills the runtime N times with SIGKILL while signed webhooks come in and a provider fails by chance, then compares the ledgers of the senders
and of the provider with the store. Kills come at random instants, while it starts, after a pause longer than the lease, with a full disk, and at named
points: ${POINT_NAMES.join(', ')}.

  --kills N    1 to 10000; each named point is reached at least once from ${POINT_NAMES.length} on; 100
  --seed S     repeats the plan of a run: what is done, in which order, with which pauses. Real time is not repeated; drawn without
  --store X    sqlite
  --json       the last line of standard output is one JSON object; nothing else is there

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

const { kills, seed, store, json, help } = options()
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
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
}

console.error(`seed ${seed}; ledgers, logs and store are in ${folder}`)
try {
  const outcome = await run({
    kills,
    seed,
    store,
    folder,
    note: (line) => console.error(line),
    opened: (it) => {
      world = it
    },
  })
  world?.end()
  const report = reportOf(outcome, store.name, seed)
  for (const line of [...complaints(outcome), ...outcome.leftOut.map((what) => `left out: ${what}`)])
    console.error(line)
  console.log(json ? JSON.stringify(report) : summary(report))
  if (isGood(report)) forget()
  else console.error(`ledgers, logs and store are kept in ${folder}; repeat the plan with --seed ${seed}`)
  process.exitCode = isGood(report) ? 0 : 1
} catch (thrown) {
  const ran = world !== undefined
  world?.end()
  console.error(thrown instanceof Error ? thrown.message : thrown)
  console.error(`logs are kept in ${folder}; repeat the plan with --seed ${seed}`)
  process.exitCode = ran ? 1 : 3
}
