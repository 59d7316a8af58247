// Own process of one variant: no other has seen its objects. argv: variant, payment | deal. Tells its parent the digest of all its
// results; then, for each number of milliseconds that the parent sends, how many mappings per second it made.
import { createHash } from 'node:crypto'
import { median } from '../bench.ts'
import { type Intent, paymentIntents } from './events.ts'

type Map = (intent: Intent) => unknown

const [variant = '', shape = ''] = process.argv.slice(2)
const map = ((await import(`./${variant}.ts`)) as Readonly<Record<string, Map>>)[shape] as Map
const intents = paymentIntents(4_096)

/** So many at a stretch, a fraction of a time slice of the scheduler: the middle one of all stretches was not interrupted. */
const STRETCH = 256

/** What was made must be kept, else the compiler may leave out the making. */
const kept: unknown[] = new Array(intents.length)
let from = 0

async function measure(ms: number): Promise<number> {
  const took: number[] = []
  for (const end = performance.now() + ms; performance.now() < end; from = (from + STRETCH) % intents.length) {
    const began = performance.now()
    for (let i = from; i < from + STRETCH; i++) {
      const made = map(intents[i] as Intent)
      kept[i] = made instanceof Promise ? await made : made
    }
    took.push(performance.now() - began)
  }
  return (STRETCH * 1_000) / median(took)
}

process.on('message', async (ms: number) => process.send?.(await measure(ms)))
const digest = createHash('sha256')
for (const intent of intents) digest.update(JSON.stringify(await map(intent)))
process.send?.(digest.digest('hex'))
