// Own process: claims, reads and settles all that comes. argv: address. Every minute after it is told to begin it says how long it took from
// when a message was due to when it was settled.
import { postgres } from 'tieline/postgres'
import { quantiles } from '../headline/quantiles.ts'
import { now } from '../queue/inbox.ts'
import { BATCH } from '../queue/system.ts'
import { FLOW } from '../queue/tieline.ts'

const TURNS = 2
const POLL_MS = 5

const [url = ''] = process.argv.slice(2)
const store = postgres(url)
await store.migrate()
const utf8 = new TextDecoder()
let waits: number[] = []
let settled = 0
let stale = 0
let stopped = false
process.once('disconnect', () => process.exit(1))
process.on('message', (what) => {
  if (what === 'stop') stopped = true
  else
    process.send?.({
      minute: what,
      turn: quantiles(waits),
      settled,
      stale,
      rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    })
  waits = []
})

async function turns(): Promise<void> {
  while (!stopped) {
    const claimed = await store.claim({ flows: [FLOW], owner: `soak-${process.pid}`, limit: BATCH, leaseMs: 10_000 })
    if (claimed.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      continue
    }
    const due = claimed.map(({ message }) => (JSON.parse(utf8.decode(message.body)) as { due: number }).due)
    const said = await store.settle(claimed.map(({ lease }) => ({ lease, as: 'done' as const })))
    const at = now()
    for (const one of due) waits.push(at - one)
    settled += said.filter((one) => one === 'ok').length
    stale += said.filter((one) => one !== 'ok').length
  }
}

process.send?.({ ready: true })
await Promise.all(Array.from({ length: TURNS }, turns))
await store[Symbol.asyncDispose]()
process.send?.({ ended: true, settled, stale })
process.disconnect?.()
