import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startPgBouncer } from '../../../server/pgbouncer.ts'
import { type StopMode, startPostgres } from '../../../server/postgres/server.ts'
import { startProxy, type TcpProxy } from '../../../server/proxy.ts'
import type { Trouble } from '../plan/plan.ts'
import type { Ground } from './ground.ts'

const TERMINATE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < 0.5`

/** A PostgreSQL of the run's own, each runtime with a network of its own to it, through PgBouncer when asked. */
export async function serverGround(workers: number, pooler: boolean): Promise<Ground> {
  const stack = new AsyncDisposableStack()
  const server = stack.use(await startPostgres())
  const bouncer = pooler ? stack.use(await startPgBouncer(server.url)) : undefined
  const proxies: TcpProxy[] = []
  for (let n = 0; n < workers; n++) proxies.push(stack.use(await startProxy((bouncer ?? server).port)))
  let restarting: Promise<void> = Promise.resolve()

  async function restart(mode: StopMode, forMs: number): Promise<void> {
    await server.stop(mode)
    await sleep(forMs)
    await server.start()
  }

  async function terminate(): Promise<void> {
    const client = new pg.Client({ connectionString: server.url })
    client.on('error', () => {}) // the server may be restarted meanwhile
    try {
      await client.connect()
      await client.query(TERMINATE)
    } finally {
      await client.end().catch(() => {})
    }
  }

  async function trouble(what: Trouble, proxy: TcpProxy, forMs: number): Promise<void> {
    switch (what) {
      case 'network cut':
      case 'network cut past the lease':
        await proxy.refuse()
        await sleep(forMs)
        return proxy.pass()
      case 'network stalled':
      case 'network stalled past the lease':
        proxy.stall()
        await sleep(forMs)
        return proxy.pass()
      case 'sessions terminated':
        return terminate()
      case 'server restarted':
      case 'server crashed': {
        const mode = what === 'server crashed' ? 'immediate' : 'fast'
        // One after the other: runtimes share the server.
        restarting = restarting.catch(() => {}).then(() => restart(mode, forMs))
        return restarting
      }
    }
  }

  return {
    address: (worker) => {
      const url = new URL(server.url)
      url.port = String(proxies[worker]?.port)
      return url.href
    },
    straight: server.url,
    trouble: (what, worker, forMs) => trouble(what, proxies[worker] as TcpProxy, forMs),
    keep: (folder) => copyFileSync(server.log, join(folder, 'postgres.log')),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
