import pg from 'pg'
import { type PostgresOptions, postgres } from '../../src/adapter/store/postgres/index.ts'
import type { Claimed, NewMessage, Outcome, Store } from '../../src/port/store.ts'
import { type TestDatabase, testDatabase } from '../server/postgres/database.ts'

/** A connection of the test itself; `S.` in a statement stands for the schema of the store. */
export interface Session {
  readonly pid: number
  sql<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A schema of its own, stores on it, and a look behind them. */
export interface World extends AsyncDisposable {
  readonly url: string
  readonly schema: string
  /** Opens a store: one more process, as far as the others can tell. */
  store(options?: PostgresOptions, address?: string): Promise<Store>
  sql: Session['sql']
  /** A connection of its own, so that a transaction can stay open on it. */
  session(): Promise<Session>
  /** Until `count` sessions wait for a lock inside of a statement that holds this text. */
  waits(text: string, count?: number): Promise<void>
  /** Ends every connection of a store, by the number under which it has registered. */
  terminate(worker: number): Promise<void>
}

export async function world(): Promise<World> {
  const database = await testDatabase()
  return worldOn(database.url, database)
}

/** On a server or a road to it of one's own. */
export async function worldOn(url: string, database?: TestDatabase): Promise<World> {
  const schema = 'store'
  const stores: Store[] = []
  const clients: pg.Client[] = []
  const session = async (): Promise<Session> => {
    const client = new pg.Client({ connectionString: database?.url ?? url })
    client.on('error', () => {}) // a test may end it
    await client.connect()
    clients.push(client)
    const sql: Session['sql'] = async (text, values = []) => {
      const { rows } = await client.query(text.replaceAll(/\bS\./g, `${schema}.`), values as unknown[])
      return rows
    }
    const [row] = await sql<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    return { pid: row!.pid, sql }
  }
  const own = await session()
  return {
    url,
    schema,
    session,
    sql: own.sql,
    store: async (options = {}, address = url) => {
      const store = postgres(address, { schema, ...options })
      stores.push(store)
      await store.migrate()
      return store
    },
    waits: (text, count = 1) =>
      until(`${count} sessions wait in ${text}`, async () => {
        const rows = await own.sql(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, $1) > 0
            AND pid <> pg_backend_pid()`,
          [text.replaceAll(/\bS\./g, `${schema}.`)],
        )
        return rows.length >= count
      }),
    terminate: async (worker) => {
      await own.sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
        [`tieline:${schema}:${worker}`],
      )
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.slice(1).map((client) => client.end().catch(() => undefined)))
      await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()))
      await clients[0]!.end()
      await database?.[Symbol.asyncDispose]()
    },
  }
}

const PATIENCE_MS = 15_000

/** Looks again and again; there is no pause that a slow machine could outrun. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = PATIENCE_MS): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come to hold: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const FLOW = 'invoices'

export function message(id: string, key: string, more: Partial<NewMessage> = {}): NewMessage {
  const body = new TextEncoder().encode(`{"id":${JSON.stringify(id)}}`)
  const deliveries = [{ flow: FLOW, key, effect: `effect-${id}` }]
  return { source: 'shop', id, type: 'invoice.paid', attributes: {}, body, deliveries, ...more }
}

export function claim(store: Store, limit = 100, leaseMs = 60_000): Promise<Claimed[]> {
  return store.claim({ flows: [FLOW], owner: 'test', limit, leaseMs })
}

/** Claims until it has so many; what comes too much is an error. */
export async function claims(store: Store, count: number): Promise<Claimed[]> {
  const claimed: Claimed[] = []
  await until(`${count} claimed, has ${claimed.length}`, async () => {
    claimed.push(...(await claim(store)))
    return claimed.length >= count
  })
  if (claimed.length > count) throw new Error(`${claimed.length} claimed instead of ${count}`)
  return claimed
}

export function done({ lease }: Claimed): Outcome {
  return { as: 'done', lease }
}

/** Claims and settles, one after the other, until so many messages are through; their ids in that order. */
export async function drain(store: Store, count: number): Promise<string[]> {
  const ids: string[] = []
  await until(`${count} drained`, async () => {
    const claimed = await claim(store)
    await store.settle(claimed.map(done))
    ids.push(...claimed.map((one) => one.message.id))
    return ids.length >= count
  })
  return ids
}
