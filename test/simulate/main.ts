// npm run simulate -- [--seeds N] [--seed S] [--scenario NAME] [--sabotage NAME|all] [--json]
import os from 'node:os'
import { parseArgs } from 'node:util'
import { harvest } from './farm/farm.ts'
import { showSeed } from './one-seed.ts'
import { findAll } from './sabotage/find-all.ts'
import { SABOTAGES } from './sabotage/index.ts'
import { SCENARIOS } from './scenario/index.ts'

const HELP = `npm run simulate -- [options]: runs the real engine through seeded worlds under virtual time

  --seeds N          how many worlds (default 1000; with --sabotage at most 2000)
  --first S          the first of them (default 1)
  --seed S           one world: prints its story, shrunk when an invariant broke
  --scenario NAME    ${Object.keys(SCENARIOS).join(' or ')}; default: both, as the seed has it
  --sabotage NAME    plants one known bug, which must be found; 'all' for each in turn
  --list-sabotages
  --threads N        default: as many as cores
  --json             the last line is one JSON object
  --help

Exit codes: 0 nothing failed, or every sabotage was found; 1 not so; 2 wrong use.`

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string' },
        first: { type: 'string', default: '1' },
        seed: { type: 'string' },
        scenario: { type: 'string' },
        sabotage: { type: 'string' },
        'list-sabotages': { type: 'boolean', default: false },
        threads: { type: 'string', default: String(os.availableParallelism()) },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return wrong((error as Error).message)
  }
})()
const { sabotage, json } = values
const scenario = values.scenario ?? (sabotage === undefined ? undefined : SABOTAGES.get(sabotage)?.scenario)
if (scenario !== undefined && !Object.hasOwn(SCENARIOS, scenario)) {
  wrong(`--scenario ${scenario}: there are ${Object.keys(SCENARIOS).join(', ')}`)
}
if (sabotage !== undefined && sabotage !== 'all' && !SABOTAGES.has(sabotage)) {
  wrong(`--sabotage ${sabotage}: see --list-sabotages`)
}
const threads = whole('threads', values.threads, 64)
const first = whole('first', values.first, 4_000_000_000)
const seeds = whole('seeds', values.seeds ?? (sabotage === undefined ? '1000' : '2000'), 100_000_000)

if (values.help) console.log(HELP)
else if (values['list-sabotages']) {
  for (const { name, about } of SABOTAGES.values()) console.log(`${name.padEnd(26)} ${about}`)
} else if (sabotage === 'all') process.exitCode = await findAll({ seeds, first, scenario, threads, json })
else if (values.seed !== undefined) {
  process.exitCode = await showSeed(whole('seed', values.seed, 4_000_000_000), { sabotage, scenario, json })
} else {
  const began = performance.now()
  let told = began
  const progress = (done: number, failed: number): void => {
    if (performance.now() - told < 2_000) return
    told = performance.now()
    console.error(`${done} of ${seeds} seeds, ${failed} failed`)
  }
  const found = await harvest({
    first,
    seeds,
    threads,
    sabotage,
    scenario,
    progress,
    untilFailure: sabotage !== undefined,
  })
  const seconds = Number(((performance.now() - began) / 1_000).toFixed(2))
  const failing = found.failed[0]
  if (json) {
    const rest = failing === undefined ? {} : { firstFailed: failing }
    const { seeds: ran, failed, faults, hash } = found
    console.log(JSON.stringify({ seeds: ran, failed: failed.length, seconds, faults, hash, ...rest }))
  } else {
    console.log(`${found.seeds} seeds, ${found.failed.length} failed, ${seconds} s, trace ${found.hash}`)
    for (const [kind, count] of Object.entries(found.faults)) console.log(`  ${kind.padEnd(36)} ${count}`)
    if (failing !== undefined) await showSeed(failing, { sabotage, scenario, json })
  }
  process.exitCode = (failing === undefined) === (sabotage === undefined) ? 0 : 1
}

function whole(option: string, text: string, most: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  return wrong(`--${option} ${text}: use a whole number from 1 to ${most}`)
}

function wrong(what: string): never {
  console.error(`${what}\n\n${HELP}`)
  process.exit(2)
}
