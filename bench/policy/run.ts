// Own process of one variant. argv: variant. For each number of milliseconds that the parent sends, tells it the nanoseconds per call.
import { median } from '../bench.ts'

const [variant = ''] = process.argv.slice(2)
const { call } = (await import(`./${variant}.ts`)) as { call: () => Promise<unknown> }

/** So many at a stretch, a fraction of a time slice of the scheduler: the middle one of all stretches was not interrupted. */
const STRETCH = 500

async function measure(ms: number): Promise<number> {
  const took: number[] = []
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const began = performance.now()
    for (let i = 0; i < STRETCH; i++) await call()
    took.push(performance.now() - began)
    // Timers that a chain set and cleared are gone, as they would be between real calls.
    await new Promise(setImmediate)
  }
  return (median(took) * 1e6) / STRETCH
}

process.on('message', async (ms: number) => process.send?.(await measure(ms)))
process.send?.('ready')
