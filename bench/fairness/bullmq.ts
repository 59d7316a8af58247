// One queue and one worker for all tenants, first in first out. argv: port of Redis, address of the provider
import { type Job, Queue, Worker } from 'bullmq'
import Fastify from 'fastify'
import { Pool } from 'undici'
import type { Work } from '../badday/plan.ts'
import { CONCURRENCY } from './load.ts'

const [redis = '6379', url = ''] = process.argv.slice(2)
const connection = { host: '127.0.0.1', port: Number(redis) }
const pool = new Pool(url, { connections: CONCURRENCY })
const queue = new Queue<Work>('work', {
  connection,
  defaultJobOptions: {
    attempts: 20,
    backoff: { type: 'exponential', delay: 100 },
    removeOnComplete: { age: 3_600 },
  },
})

async function call(job: Job<Work>): Promise<void> {
  const { statusCode, body } = await pool.request({
    path: '/work',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': job.id ?? '' },
    body: JSON.stringify({ ...job.data, acceptedMs: job.timestamp }),
  })
  await body.dump()
  if (statusCode >= 300) throw new Error(`the provider answered ${statusCode}`)
}

const worker = new Worker<Work>('work', call, { connection, concurrency: CONCURRENCY })
worker.on('error', (error) => console.error(error.message))
await worker.waitUntilReady()

const app = Fastify()
app.addContentTypeParser('application/cloudevents-batch+json', { parseAs: 'string' }, (_, body, done) =>
  done(null, JSON.parse(body as string)),
)
app.post('/events', async (request, reply) => {
  const events = request.body as readonly { readonly id: string; readonly data: Work }[]
  await queue.addBulk(events.map(({ id, data }) => ({ name: 'work', data, opts: { jobId: id } })))
  return reply.code(202).send({})
})
const address = await app.listen({ host: '127.0.0.1', port: 0 })
console.log(JSON.stringify({ url: address }))
process.on('SIGTERM', () => process.exit(0))
