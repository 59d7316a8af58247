// graphile-worker as the page on performance of its documentation sets it up: a local queue of 500, completions in batches, concurrency 24.
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { type Body, bodyOf, keyOf } from './message.ts'
import { once } from './sql.ts'
import { BATCH, type System } from './system.ts'

const logger = new Logger(() => () => undefined)
const CONCURRENCY = 24

export const graphileWorker: System = {
  setup: `addJobs in batches of ${BATCH}; concurrency ${CONCURRENCY}, maxPoolSize 25, localQueue.size 500, completeJobBatchDelay 0, failJobBatchDelay 0; keys are named queues`,
  durable: 'committed with synchronous_commit=on; finished jobs are deleted',
  needs: 'postgres',
  keyed: 'one at a time',
  async prepare({ url }) {
    const utils = await makeWorkerUtils({ connectionString: url, logger })
    await utils.migrate()
    await utils.release()
  },
  async produce({ url, keys }) {
    const utils = await makeWorkerUtils({ connectionString: url, logger, maxPoolSize: 4 })
    const named = (n: number) => (keys === 0 ? undefined : { queueName: keyOf(n, keys) })
    return {
      put: async (numbers) =>
        void (await utils.addJobs(numbers.map((n) => ({ identifier: 'noop', payload: bodyOf(n), ...named(n) })))),
      [Symbol.asyncDispose]: async () => void (await utils.release()),
    }
  },
  async work({ url }, inbox) {
    let runner: Awaited<ReturnType<typeof run>> | undefined
    return {
      start: async () => {
        runner = await run({
          connectionString: url,
          logger,
          noHandleSignals: true,
          taskList: { noop: async (payload) => inbox.take(payload as Body) },
          preset: {
            worker: {
              concurrentJobs: CONCURRENCY,
              maxPoolSize: CONCURRENCY + 1,
              localQueue: { size: 500 },
              completeJobBatchDelay: 0,
              failJobBatchDelay: 0,
            },
          },
        })
      },
      [Symbol.asyncDispose]: async () => void (await runner?.stop()),
    }
  },
  left: async ({ url }) => (await once(url, 'SELECT FROM graphile_worker._private_jobs LIMIT 1')).length,
}
