// pg-boss with what its documentation offers for throughput: insert() of many, batches of 500, a handler that takes the batch, several
// local workers, bursts while batches come back full, LISTEN/NOTIFY to be woken. Keys: the policy key_strict_fifo.
import { PgBoss } from 'pg-boss'
import { type Body, bodyOf, keyOf } from './message.ts'
import { once } from './sql.ts'
import { BATCH, type System } from './system.ts'

const QUEUE = 'noop'

async function started(url: string, options: object): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, schedule: false, ...options })
  boss.on('error', () => undefined) // the database is dropped with its connections
  await boss.start()
  return boss
}

export const pgBoss: System = {
  setup: `insert() in batches of ${BATCH}; work with batchSize ${BATCH}, localConcurrency 2, burstWhenBatchFull, pollingIntervalSeconds 0.5, useListenNotify with notify on the queue; a table of its own (partition); keys are singletonKey with policy key_strict_fifo (jobs of one insert() share their time of creation, so their order is not kept)`,
  durable: 'committed with synchronous_commit=on; finished jobs are kept for its default of 7 days',
  needs: 'postgres',
  keyed: 'in order',
  async prepare({ url, keys }) {
    const boss = await started(url, { max: 2, supervise: false })
    const policy = keys === 0 ? 'standard' : 'key_strict_fifo'
    await boss.createQueue(QUEUE, { policy, notify: true, partition: true })
    await boss.stop()
  },
  async produce({ url, keys }) {
    const boss = await started(url, { max: 4, supervise: false })
    const key = (n: number) => (keys === 0 ? undefined : { singletonKey: keyOf(n, keys) })
    return {
      put: async (numbers) =>
        void (await boss.insert(
          QUEUE,
          numbers.map((n) => ({ data: bodyOf(n), ...key(n) })),
        )),
      [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
    }
  },
  async work({ url }, inbox, index) {
    const boss = await started(url, { max: 6, useListenNotify: true, supervise: index === 0 })
    return {
      start: async () => {
        const options = {
          batchSize: BATCH,
          localConcurrency: 2,
          pollingIntervalSeconds: 0.5,
          notifyPollingIntervalSeconds: 0.5,
          burstWhenBatchFull: true,
        }
        await boss.work<Body>(QUEUE, options, async (jobs) => {
          for (const { data } of jobs) inbox.take(data)
        })
      },
      [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
    }
  },
  left: async ({ url }) =>
    (await once(url, `SELECT FROM pgboss.job WHERE name = '${QUEUE}' AND state < 'completed' LIMIT 1`)).length,
}
