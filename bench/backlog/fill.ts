// Own process: lets messages wait. The first holds its key back for an hour, and every second one waits behind it.
// argv: address, how many. Prints how long it took.
import { postgres } from 'tieline/postgres'
import { now } from '../queue/inbox.ts'
import { FLOW, SOURCE, TYPE } from '../queue/tieline.ts'
import { BLOCKED, body } from './plan.ts'

const BATCH = 1_000
const IN_FLIGHT = 4

const [url = '', count = '0'] = process.argv.slice(2)
const messages = Number(count)
const store = postgres(url)
await store.migrate()
const began = now()

const message = (n: number) => ({
  source: SOURCE,
  id: `b${n}`,
  type: TYPE,
  attributes: {},
  body: body(n),
  deliveries: [{ flow: FLOW, key: n % 2 === 0 ? BLOCKED : `k${n}`, effect: `b${n}` }],
})

await store.accept([message(0)])
const [first] = await store.claim({ flows: [FLOW], owner: 'fill', limit: 1, leaseMs: 10_000 })
if (first === undefined) throw new Error('the first message was not handed out')
const fault = { code: 'HTTP_TIMEOUT', message: 'the provider is away', retryable: true, fingerprint: 'backlog' }
await store.settle([{ lease: first.lease, as: 'retry', afterMs: 3_600_000, fault }])

let next = 1
await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    while (next < messages) {
      const from = next
      next = Math.min(messages, next + BATCH)
      await store.accept(Array.from({ length: next - from }, (_, index) => message(from + index)))
    }
  }),
)
await store[Symbol.asyncDispose]() // what it had claimed is another's from here on
console.log(JSON.stringify({ seconds: (now() - began) / 1e3 }))
