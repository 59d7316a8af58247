// npm run fuzz -- [NAME …] [--runs N] [--seed S] [--first N] [--json] [--list]
import { parseArgs } from 'node:util'
import { printFailure, printResult } from './report.ts'
import { type Result, runTarget } from './run.ts'
import type { AnyTarget } from './target.ts'
import { TARGETS } from './targets.ts'

const HELP = `npm run fuzz -- [NAME …]

Feeds every door that takes input from outside with valid input that was changed, and holds the answers against laws.
NAME is a target, or the first word of several: verify, json, engine. Without one all are run.

  --runs N    of each target; default 100,000, fewer where a run is slow
  --seed N    what is drawn; default 1. The same seed gives the same inputs
  --first N   number of the first run; default 0. With --runs 1 it repeats one run
  --json      one JSON object as the last line: {"runs","failed","seconds","seed","targets":{NAME:{"runs","failed","seconds"}}}
  --list      the targets with their laws
  --help      this text

Exit codes: 0 all laws hold, 1 a law is broken, 2 wrong use.
`
const DEFAULT_RUNS = 100_000

function misused(message: string): never {
  process.stderr.write(`${message}\nSee npm run fuzz -- --help.\n`)
  process.exit(2)
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        seed: { type: 'string', default: '1' },
        first: { type: 'string', default: '0' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (thrown) {
    return misused((thrown as Error).message)
  }
}

function whole(option: string, text: string, least: number): number {
  if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) < 2 ** 32) return Number(text)
  return misused(`--${option} ${text}: use a whole number from ${least}`)
}

/** A name, or else the first word of several: `engine`. */
function isMeant({ name }: AnyTarget, asked: string): boolean {
  const exact = TARGETS.some((one) => one.name === asked)
  return exact ? name === asked : name.startsWith(`${asked}-`)
}

const { values, positionals } = parsed()
const unknown = positionals.find((asked) => !TARGETS.some((one) => isMeant(one, asked)))
if (unknown !== undefined)
  misused(`${unknown}: there is no such target; there are ${TARGETS.map(({ name }) => name).join(', ')}`)
const runsAsked = values.runs === undefined ? undefined : whole('runs', values.runs, 1)
const seed = whole('seed', values.seed, 0)
const first = whole('first', values.first, 0)
const chosen =
  positionals.length === 0 ? TARGETS : TARGETS.filter((one) => positionals.some((asked) => isMeant(one, asked)))

if (values.help) process.stdout.write(HELP)
else if (values.list) for (const one of TARGETS) list(one)
else await fuzz()

async function fuzz(): Promise<void> {
  const began = performance.now()
  const results: [string, Result][] = []
  for (const one of chosen) {
    const runs = runsAsked ?? one.runs ?? DEFAULT_RUNS
    const progress = process.stderr.isTTY
      ? (done: number) => process.stderr.write(`\r${one.name} ${done}/${runs} `)
      : undefined
    const result = await runTarget(one, { runs, seed, first, ...(progress === undefined ? {} : { progress }) })
    await one.close?.()
    results.push([one.name, result])
    printResult(one.name, result)
    if (result.failure !== undefined) printFailure(one, result.failure, seed)
  }
  const failed = results.filter(([, { failure }]) => failure !== undefined).length
  if (values.json) {
    const targets = results.map(([name, { runs, seconds, failure }]) => [
      name,
      { runs, failed: failure === undefined ? 0 : 1, seconds: rounded(seconds) },
    ])
    const runs = results.reduce((sum, [, result]) => sum + result.runs, 0)
    const seconds = rounded((performance.now() - began) / 1_000)
    process.stdout.write(`${JSON.stringify({ runs, failed, seconds, seed, targets: Object.fromEntries(targets) })}\n`)
  }
  process.exitCode = failed === 0 ? 0 : 1
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100
}

function list({ name, about, laws }: AnyTarget): void {
  process.stdout.write(
    `${name}: ${about}\n${Object.entries(laws)
      .map(([law, says]) => `  ${law}: ${says}\n`)
      .join('')}`,
  )
}
