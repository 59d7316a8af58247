import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import type { NewMessage, Store, WorkRow } from '../../src/port/store.ts'
import { testDatabase } from '../server/postgres/database.ts'
import { type Provider, startProvider } from './provider.ts'

export { until } from '../postgres-store/world.ts'

/** A worker process, and its admin API. */
export interface Worker {
  readonly pid: number
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: object): Promise<T>
  signal(signal: NodeJS.Signals): void
}

/** Worker processes on one PostgreSQL, and the provider that they call. */
export interface Rig extends AsyncDisposable {
  readonly provider: Provider
  readonly store: Store
  start(): Promise<Worker>
  /** Messages for one flow, each with a key of its own unless there are fewer keys. Resolves when they are stored. */
  feed(flow: string, count: number, keys?: number): Promise<void>
  /** All work of a flow. */
  rows(flow: string): Promise<readonly WorkRow[]>
}

const BATCH = 500
const FLAGS = ['--conditions=@tieline/source', '--disable-warning=ExperimentalWarning']

export async function startRig(): Promise<Rig> {
  const database = await testDatabase()
  const provider = await startProvider()
  const store = postgres(database.url)
  await store.migrate()
  const children: ChildProcess[] = []
  let fed = 0

  async function start(): Promise<Worker> {
    const { TIELINE_STORE: _, TIELINE_PORT: __, TIELINE_ADMIN_TOKEN: ___, ...env } = process.env
    const child = fork(join(import.meta.dirname, 'worker.ts'), {
      execArgv: FLAGS,
      env: {
        ...env,
        DATABASE_URL: database.url,
        PROVIDER_URL: provider.url,
        SHOP_SECRET: 'unused',
        TIELINE_LOG: 'error',
      },
    })
    children.push(child)
    const [{ ready }] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('the worker ended before it was ready'))),
    ])) as [{ ready: string }]
    return workerOf(child, ready)
  }

  return {
    provider,
    store,
    start,
    feed: async (flow, count, keys = count) => {
      const from = fed
      fed += count
      const all = Array.from({ length: count }, (_, i) => message(flow, `m${from + i}`, `k${i % keys}`))
      for (let at = 0; at < count; at += BATCH) await store.accept(all.slice(at, at + BATCH))
    },
    rows: async (flow) => {
      const rows: WorkRow[] = []
      for (let after: string | undefined; ; ) {
        const page = await store.find({ flow, limit: BATCH, ...(after === undefined ? {} : { after }) })
        rows.push(...page.items)
        after = page.next
        if (after === undefined) return rows
      }
    },
    [Symbol.asyncDispose]: async () => {
      const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      await Promise.all(
        running.map((child) => {
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          return gone
        }),
      )
      await store[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

function workerOf(child: ChildProcess, url: string): Worker {
  async function ask<T>(path: string, body?: object): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(
      `${url}/admin/v1/${path}`,
      body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) },
    )
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  return { pid: child.pid ?? 0, get: ask, post: ask, signal: (signal) => void child.kill(signal) }
}

function message(flow: string, id: string, key: string): NewMessage {
  return {
    source: 'shop',
    id,
    type: 'changed',
    attributes: { datacontenttype: 'application/json' },
    body: Buffer.from(JSON.stringify({ type: 'changed', data: { id, key } })),
    deliveries: [{ flow, key, effect: id }],
  }
}

/** So many workers, that know of each other. */
export async function fleet(count: number): Promise<{ readonly rig: Rig; readonly workers: Worker[] }> {
  const rig = await startRig()
  try {
    return { rig, workers: await Promise.all(Array.from({ length: count }, () => rig.start())) }
  } catch (error) {
    await rig[Symbol.asyncDispose]()
    throw error
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
