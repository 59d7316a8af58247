// DBOS: a workflow of one step, started through a queue. The client has no call for many: enqueues run beside each other.
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk'
import { type Body, bodyOf } from './message.ts'
import { once } from './sql.ts'
import type { Place, System } from './system.ts'

const QUEUE = 'noop'
const POOL = 20
const WORKING = 500
const POLL_MS = 100

function configure({ url }: Place, index: number): void {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: url,
    systemDatabasePoolSize: POOL,
    logLevel: 'error',
    applicationVersion: '1',
    executorID: `worker-${index}`,
  })
}

export const dbos: System = {
  setup: `DBOSClient.enqueue, 64 in flight; one workflow of one step; systemDatabasePoolSize ${POOL}, workerConcurrency ${WORKING}, minPollingIntervalMs ${POLL_MS}; its partitions, which could be keys, are left out: it is slow enough without`,
  durable: 'committed with synchronous_commit=on; finished workflows and their steps are kept',
  needs: 'postgres',
  async prepare(place) {
    configure(place, 0)
    DBOS.registerWorkflow(async (_: Body) => undefined, { name: 'noop' })
    await DBOS.launch()
    await DBOS.registerQueue(QUEUE, { workerConcurrency: WORKING, minPollingIntervalMs: POLL_MS })
    await DBOS.shutdown()
  },
  async produce({ url }) {
    const client = await DBOSClient.create({
      systemDatabaseUrl: url,
      systemDatabasePoolSize: POOL,
      applicationName: 'bench',
    })
    const one = (n: number): Promise<unknown> =>
      client.enqueue({ queueName: QUEUE, workflowName: 'noop', appVersion: '1' }, bodyOf(n))
    return {
      put: async (numbers) => {
        for (let at = 0; at < numbers.length; at += 32) await Promise.all(numbers.slice(at, at + 32).map(one))
      },
      [Symbol.asyncDispose]: () => client.destroy(),
    }
  },
  async work(place, inbox, index) {
    configure(place, index)
    DBOS.registerWorkflow((body: Body) => DBOS.runStep(async () => inbox.take(body), { name: 'noop' }), {
      name: 'noop',
    })
    return {
      start: () => DBOS.launch(),
      [Symbol.asyncDispose]: () => DBOS.shutdown(),
    }
  },
  left: async ({ url }) =>
    (await once(url, `SELECT FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'PENDING') LIMIT 1`)).length,
}
