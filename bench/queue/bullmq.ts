// BullMQ on a Redis of its own: jobs of many in one call, finished ones removed. Keys would be its groups, which the open edition lacks.
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { type Body, bodyOf } from './message.ts'
import { BATCH, type System } from './system.ts'

const QUEUE = 'noop'
const CONCURRENCY = 100

function bullmq(fsync: 'always' | 'everysec', durable: string): System {
  return {
    setup: `addBulk in batches of ${BATCH}, removeOnComplete, concurrency ${CONCURRENCY}; Redis with appendonly yes, appendfsync ${fsync}`,
    durable,
    needs: 'redis',
    async prepare({ redisPort }) {
      const redis = new Redis(Number(redisPort))
      await redis.config('SET', 'appendfsync', fsync)
      await redis.quit()
    },
    async produce({ redisPort }) {
      const connection = { host: '127.0.0.1', port: Number(redisPort) }
      const queue = new Queue(QUEUE, { connection, defaultJobOptions: { removeOnComplete: true } })
      await queue.waitUntilReady()
      return {
        put: async (numbers) => void (await queue.addBulk(numbers.map((n) => ({ name: 'noop', data: bodyOf(n) })))),
        [Symbol.asyncDispose]: () => queue.close(),
      }
    },
    async work({ redisPort }, inbox) {
      const connection = { host: '127.0.0.1', port: Number(redisPort) }
      const work = async ({ data }: { readonly data: Body }): Promise<void> => inbox.take(data)
      const worker = new Worker<Body>(QUEUE, work, { connection, concurrency: CONCURRENCY, autorun: false })
      worker.on('completed', () => inbox.settle(1))
      worker.on('error', () => undefined) // Redis ends before this connection does
      await worker.waitUntilReady()
      return {
        start: async () => void worker.run(),
        [Symbol.asyncDispose]: () => worker.close(true),
      }
    },
  }
}

export const always = bullmq('always', 'synced before it is acknowledged')
export const everysec = bullmq('everysec', 'up to a second of acknowledged messages is lost with the machine')
