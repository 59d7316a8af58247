// Own process: works off a backlog. argv: address, how many to settle, how many there are. Says the rate from the first claim on, and its
// memory.
import { postgres } from 'tieline/postgres'
import { now } from '../queue/inbox.ts'
import { BATCH } from '../queue/system.ts'
import { FLOW } from '../queue/tieline.ts'

const TURNS = 2
const POLL_MS = 5
/** Without any progress. */
const PATIENCE_MS = 60_000

const [url = '', count = '0', pending = '0'] = process.argv.slice(2)
const wanted = Number(count)
const store = postgres(url)
const began = now()
await store.migrate()
let first = 0
let last = began
let settled = 0
let stale = 0
const seen = new Uint8Array((Number(pending) >> 3) + 1)

async function turns(): Promise<void> {
  while (settled < wanted && now() < last + PATIENCE_MS) {
    const claimed = await store.claim({ flows: [FLOW], owner: 'drain', limit: BATCH, leaseMs: 10_000 })
    if (claimed.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      continue
    }
    if (first === 0) first = now()
    for (const { message } of claimed) {
      const n = Number(message.id.slice(1))
      if (((seen[n >> 3] ?? 0) >> (n & 7)) & 1) throw new Error(`${message.id} came twice`)
      seen[n >> 3]! |= 1 << (n & 7)
    }
    const said = await store.settle(claimed.map(({ lease }) => ({ lease, as: 'done' as const })))
    stale += said.filter((one) => one !== 'ok').length
    settled += claimed.length
    last = now()
  }
}

await Promise.all(Array.from({ length: TURNS }, turns))
const peakMb = Math.round(process.resourceUsage().maxRSS / 1_024)
const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576)
const rate = (settled / (last - first)) * 1e3
await store[Symbol.asyncDispose]()
process.send?.({ settled, stale, rate, firstMs: first - began, rssMb, peakMb, ended: true })
