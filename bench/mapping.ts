import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { type Bench, compared, machine, median, type Options } from './bench.ts'
import { FLAGS, owned } from './process.ts'

/** The first is ours. */
const VARIANTS = ['declared', 'hand-written', 'plain-javascript', 'jsonata']
const WARM_UP_MS = 1_000
/** The variants take turns this often: the ratio of what is measured a moment apart holds on a busy machine too. */
const TURN_MS = 50

type Rates = Record<string, number[]>

/** What the child says next; it says why on standard error when it dies instead. */
function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`${child.spawnargs.at(-2)} ended with ${code}`))
    child.once('exit', gone).once('message', (said) => {
      child.off('exit', gone)
      resolve(said)
    })
  })
}

async function rateOf(child: ChildProcess, ms: number): Promise<number> {
  const answered = answer(child)
  child.send(ms)
  return (await answered) as number
}

/** One round: new processes, checked to make the same of every event, then timed in turn. */
async function round(shape: string, seconds: number): Promise<Readonly<Record<string, number>>> {
  const children = VARIANTS.map((name) =>
    fork(join(import.meta.dirname, 'mapping/run.ts'), [name, shape], { execArgv: FLAGS }),
  )
  for (const child of children) void owned(child)
  try {
    const digests = await Promise.all(children.map(answer))
    const other = VARIANTS.find((_, i) => digests[i] !== digests[0])
    if (other !== undefined) throw new Error(`${other} makes something else of the ${shape} events than ${VARIANTS[0]}`)
    for (const child of children) await rateOf(child, WARM_UP_MS)
    const rates = children.map((): number[] => [])
    for (let turn = 0; turn < (seconds * 1_000) / TURN_MS; turn++) {
      for (const [i, child] of children.entries()) rates[i]?.push(await rateOf(child, TURN_MS))
    }
    return Object.fromEntries(VARIANTS.map((name, i) => [name, median(rates[i] ?? [])]))
  } finally {
    for (const child of children) child.kill()
  }
}

async function measured(shape: string, { rounds, seconds, note }: Options) {
  const rates: Rates = Object.fromEntries(VARIANTS.map((name) => [name, []]))
  for (let n = 1; n <= rounds; n++) {
    for (const [name, rate] of Object.entries(await round(shape, seconds))) {
      rates[name]?.push(rate)
      note(`round ${n} ${shape} ${name.padEnd(18)} ${Math.round(rate)}`)
    }
  }
  return compared(rates, (rate) => rate)
}

/** Mappings of a parsed Stripe payment per second: the example's own mapping, and in the conditions a wide one with many kinds of words. */
export const mapping: Bench = async (options) => ({
  unit: 'mappings/s',
  better: 'higher',
  ...(await measured('payment', options)),
  conditions: {
    ...machine(),
    rounds: options.rounds,
    seconds: options.seconds,
    events: 4_096,
    fields: 5,
    wide: { fields: 21, ...(await measured('deal', options)) },
    peers: {
      'hand-written': "by hand, the same checks, on Tieline's own helpers for money and instants",
      'plain-javascript': 'by hand, toFixed and toISOString',
      jsonata: 'the same expression in JSONata 2',
    },
  },
})
