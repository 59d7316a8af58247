// The same work with BullMQ and cockatiel, in one process: a queue and a worker for each provider, with BullMQ's limiter, attempts and backoff; calls by undici
// inside bulkhead, retry, breaker and timeout. A 429 and an open breaker hold the queue by `rateLimit`, as BullMQ's documentation
// says, so that they cost no attempt. argv: port of Redis, addresses of the providers
import { type Job, Queue, Worker } from 'bullmq'
import {
  BrokenCircuitError,
  bulkhead,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import Fastify from 'fastify'
import { Pool } from 'undici'
import { CARE } from './care.ts'
import type { Work } from './plan.ts'

const [redis = '6379', ...urls] = process.argv.slice(2)
const connection = { host: '127.0.0.1', port: Number(redis) }

class Busy extends Error {
  readonly retryAfterMs: number
  constructor(retryAfterMs: number) {
    super('the provider answered 429')
    this.retryAfterMs = retryAfterMs
  }
}

const { breaker, backoff } = CARE
const { failureRate: threshold, withinMs: duration, halfOpenAfterMs: halfOpenAfter } = breaker

const queues = urls.map((url, i) => {
  const name = `work-${i + 1}`
  const queue = new Queue<Work>(name, {
    connection,
    defaultJobOptions: { attempts: CARE.attempts, backoff: { type: 'capped' }, removeOnComplete: { age: 3_600 } },
  })
  const pool = new Pool(url, { connections: CARE.concurrency })
  const careful = wrap(
    bulkhead(CARE.concurrency),
    retry(
      handleWhen((error) => !(error instanceof Busy) && !(error instanceof BrokenCircuitError)),
      { maxAttempts: CARE.tries - 1, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1_000 }) },
    ),
    circuitBreaker(handleAll, {
      halfOpenAfter,
      breaker: new SamplingBreaker({ threshold, duration, minimumRps: 2 }),
    }),
    timeout(CARE.timeoutMs, TimeoutStrategy.Cooperative),
  )

  async function call(job: Job<Work>, signal: AbortSignal): Promise<void> {
    const { statusCode, headers, body } = await pool.request({
      path: '/work',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': job.id ?? '' },
      body: JSON.stringify({ ...job.data, acceptedMs: job.timestamp }),
      signal,
    })
    await body.dump()
    if (statusCode === 429) throw new Busy(Number(headers['retry-after'] ?? 1) * 1_000)
    if (statusCode >= 300) throw new Error(`the provider answered ${statusCode}`)
  }

  async function work(job: Job<Work>): Promise<void> {
    try {
      await careful.execute(({ signal }) => call(job, signal))
    } catch (error) {
      const holdMs =
        error instanceof Busy ? error.retryAfterMs : error instanceof BrokenCircuitError ? halfOpenAfter : 0
      if (holdMs === 0) throw error
      await queue.rateLimit(holdMs)
      throw Worker.RateLimitError()
    }
  }

  const worker = new Worker<Work>(name, work, {
    connection,
    concurrency: CARE.concurrency,
    limiter: { max: CARE.perSecond, duration: 1_000 },
    settings: {
      backoffStrategy: (made) => Math.min(backoff.baseMs * 2 ** (made - 1), backoff.maxMs) * (0.5 + Math.random() / 2),
    },
  })
  worker.on('error', (error) => console.error(error.message))
  return { name, queue, worker }
})
await Promise.all(queues.map(({ worker }) => worker.waitUntilReady()))

const app = Fastify()
app.addContentTypeParser('application/cloudevents-batch+json', { parseAs: 'string' }, (_, body, done) =>
  done(null, JSON.parse(body as string)),
)
app.post('/events', async (request, reply) => {
  const events = request.body as readonly { readonly id: string; readonly type: string; readonly data: Work }[]
  for (const { name, queue } of queues) {
    const jobs = events.filter(({ type }) => type === name)
    if (jobs.length > 0) await queue.addBulk(jobs.map(({ id, data }) => ({ name, data, opts: { jobId: id } })))
  }
  return reply.code(202).send({})
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
