// A webhook handler as people put it in front of BullMQ: Fastify with the raw body, the signature, `queue.add` with the event's id as the
// job's. It answers when Redis has the job. argv: port of Redis, port to listen on (0: a free one)
import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { signed } from './stripe-signature.ts'

const [redis = '6379', port = '0'] = process.argv.slice(2)
const queue = new Queue('payments', {
  connection: { host: '127.0.0.1', port: Number(redis) },
  defaultJobOptions: {
    attempts: 20,
    backoff: { type: 'exponential', delay: 100 },
    // Finished jobs are kept for an hour: as long as they are there, their ids are recognised.
    removeOnComplete: { age: 3_600 },
  },
})

const app = Fastify()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
app.post('/in/stripe', async (request, reply) => {
  const body = request.body as Buffer
  if (!signed(request.headers['stripe-signature'], body)) return reply.code(401).send({ error: 'bad signature' })
  const event = JSON.parse(body.toString()) as { id: string; type: string }
  await queue.add(event.type, event, { jobId: event.id })
  return reply.code(202).send({ id: event.id, duplicate: false })
})
const url = await app.listen({ host: '127.0.0.1', port: Number(port) })
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
