// Own process: accepts messages at a steady rate, whatever the database does. argv: address, messages a second, minutes.
// Every minute it says how long accepts took, counted from when a message was due, and how many it had to hold back.
import { postgres } from 'tieline/postgres'
import { quantiles } from '../headline/quantiles.ts'
import { now } from '../queue/inbox.ts'
import { messageOf } from '../queue/tieline.ts'

const KEYS = 1_000
const TICK_MS = 10
/** More wait for the database than it lets in: those that are due next are sent later, and late. */
const MOST_IN_FLIGHT = 8

const [url = '', rateText = '4000', minutesText = '1'] = process.argv.slice(2)
const [rate, minutes] = [Number(rateText), Number(minutesText)]
const store = postgres(url)
await store.migrate()

const utf8 = new TextEncoder()
const padding = 'y'.repeat(900)
/** The receiver counts from when a message was due. */
const body = (n: number, due: number): Uint8Array => utf8.encode(JSON.stringify({ id: n, due, padding }))

let made = 0
let inFlight = 0
let waits: number[] = []
process.once('disconnect', () => process.exit(1))
await new Promise((resolve) => process.once('message', resolve))
const began = now()
const total = rate * 60 * minutes

async function send(first: number, count: number): Promise<void> {
  inFlight++
  const due = (n: number): number => began + (n * 1_000) / rate
  await store.accept(
    Array.from({ length: count }, (_, index) =>
      messageOf(first + index, KEYS, body(first + index, due(first + index))),
    ),
  )
  const at = now()
  for (let n = first; n < first + count; n++) waits.push(at - due(n))
  inFlight--
}

for (let minute = 1; minute <= minutes; minute++) {
  const until = Math.min(total, rate * 60 * minute)
  while (made < until) {
    const due = Math.min(until, Math.floor(((now() - began) * rate) / 1_000))
    const count = Math.min(due - made, 500)
    if (count > 0 && inFlight < MOST_IN_FLIGHT) {
      void send(made, count).catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
      made += count
    } else await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  const accept = quantiles(waits)
  waits = []
  process.send?.({ minute, accept, sent: made })
}
while (inFlight > 0) await new Promise((resolve) => setTimeout(resolve, TICK_MS))
await store[Symbol.asyncDispose]()
process.send?.({ ended: true, sent: made })
process.disconnect?.()
