// The worker behind `bullmq-handler.ts`: maps each payment and calls the sink, 64 at a time. Says how far it is in the words of
// Tieline's status. argv: port of Redis, sink
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Job, Queue, Worker } from 'bullmq'
import { Pool } from 'undici'
import { dealOf, type Intent } from './deal.ts'

const [redis = '6379', sink = ''] = process.argv.slice(2)
const connection = { host: '127.0.0.1', port: Number(redis) }
const pool = new Pool(sink, { connections: 64 })
let delivered = 0

async function deliver(job: Job<{ id: string; data: { object: Intent } }>): Promise<void> {
  const { object } = job.data.data
  const answer = await pool.request({
    path: '/deals',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': job.data.id },
    body: JSON.stringify(dealOf(object)),
  })
  await answer.body.dump()
  if (answer.statusCode >= 300) throw new Error(`the sink answered ${answer.statusCode}`)
}

const worker = new Worker('payments', deliver, { connection, concurrency: 64 })
worker.on('completed', () => delivered++)
worker.on('error', (error) => console.error(error.message))

const queue = new Queue('payments', { connection })
const server = http.createServer(async (_, response) => {
  const { failed, ...open } = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized', 'failed')
  const pending = Object.values(open).reduce((sum, count) => sum + count, 0)
  response.end(JSON.stringify({ delivered, pending, dead: failed }))
})
await worker.waitUntilReady()
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
