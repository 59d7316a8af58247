// Own process of one variant: no other has seen its objects. argv: variant, payment | deal. Tells its parent the digest of all its
// results; then, for each number of milliseconds that the parent sends, how many mappings per second it made.
import { createHash } from 'node:crypto'
import { median } from '../bench.ts'
import { type Intent, paymentIntents } from './events.ts'

type Map = (intent: Intent) => unknown

const [variant = '', shape = ''] = process.argv.slice(2)
const map = ((await import(`./${variant}.ts`)) as Readonly<Record<string, Map>>)[shape] as Map
const texts = paymentIntents(4_096)

/** So many at a stretch, a fraction of a time slice of the scheduler: the middle one of all stretches was not interrupted. */
const STRETCH = 256

/** What was made must be kept, else the compiler may leave out the making. */
const kept: unknown[] = new Array(STRETCH)
let from = 0

/**
 * Every event is parsed anew, outside of the time, and mapped while it is fresh, as in the engine. Objects that have lived long lie in
 * memory in an order that differs from process to process, and that made more of a difference than the mapping.
 */
async function measure(ms: number): Promise<number> {
  const took: number[] = []
  for (const end = performance.now() + ms; performance.now() < end; from = (from + STRETCH) % texts.length) {
    const fresh = texts.slice(from, from + STRETCH).map((text) => JSON.parse(text) as Intent)
    const began = performance.now()
    for (let i = 0; i < STRETCH; i++) {
      const made = map(fresh[i] as Intent)
      kept[i] = made instanceof Promise ? await made : made
    }
    took.push(performance.now() - began)
  }
  return (STRETCH * 1_000) / median(took)
}

process.on('message', async (ms: number) => process.send?.(await measure(ms)))
const digest = createHash('sha256')
for (const text of texts) digest.update(JSON.stringify(await map(JSON.parse(text))))
process.send?.(digest.digest('hex'))
