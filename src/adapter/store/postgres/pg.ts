import { TielineError } from '../../../core/error.ts'
import { sqlState } from './failure.ts'
import type { Settings } from './options.ts'

/** What this store uses of a `pg` client. */
export interface Client {
  readonly processID?: number | null
  readonly connection?: { readonly stream?: { readonly destroyed?: boolean; destroy(): void } }
  connect(): Promise<unknown>
  query(query: { readonly name?: string; readonly text: string; readonly values?: unknown[] }): Promise<Result>
  end(): Promise<void>
  on(event: 'error' | 'end' | 'notification', listener: (message: { readonly payload?: string }) => void): unknown
}

export interface Result {
  readonly command: string
  readonly rowCount: number | null
  // biome-ignore lint/suspicious/noExplicitAny: rows are as wide as their statement says
  readonly rows: any[]
}

type Constructor = new (options: Record<string, unknown>) => Client

/**
 * Plans of these statements must not depend on statistics: the tables fill and empty faster than they are analysed, and a plan made for an
 * empty table ran 8 times slower on a full one.
 */
const PLANNER = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_mergejoin=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'jit=off',
  // A stopped process may hold row locks; its successor must not wait for it.
  'idle_in_transaction_session_timeout=5s',
]
/** An answer that does not come within this time ends the connection. Longer than any of our statements takes, but those of upkeep. */
const QUERY_MS = 30_000
const CONNECT_MS = 5_000
const INT8 = 20

let loaded: Promise<Constructor> | undefined

function load(): Promise<Constructor> {
  loaded ??= import('pg').then(
    (module) => module.default.Client as unknown as Constructor,
    (cause: unknown) => {
      loaded = undefined
      throw new TielineError('CONFIG_INVALID', 'the PostgreSQL store needs the package pg: npm install pg', { cause })
    },
  )
  return loaded
}

/** Connects, and finds out whether a pooler stands between: its process id is not the server's. */
export async function connect(
  settings: Settings,
  role: string,
  pooled: boolean,
  pins: readonly string[] = [],
  queryMs: number = QUERY_MS,
): Promise<{ readonly client: Client; readonly pooled: boolean }> {
  try {
    const client = await open(settings, role, pooled, pins, queryMs)
    if (pooled || settings.pooler === false) return { client, pooled }
    const { rows } = await client.query({ text: 'SELECT pg_backend_pid() AS pid' })
    const direct = client.processID === undefined || client.processID === null || rows[0]?.pid === client.processID
    if (direct) return { client, pooled: false }
    await client.end()
  } catch (thrown) {
    // PgBouncer refuses settings in the start-up packet. https://www.pgbouncer.org/config.html#ignore_startup_parameters
    if (pooled || sqlState(thrown) !== '08P01') throw thrown
  }
  return { client: await open(settings, role, true, pins, queryMs), pooled: true }
}

async function open(
  settings: Settings,
  role: string,
  pooled: boolean,
  pins: readonly string[],
  queryMs: number,
): Promise<Client> {
  const PgClient = await load()
  const client = new PgClient({
    connectionString: settings.url,
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    application_name: role,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: queryMs,
    types: { getTypeParser },
    ...(pooled ? {} : { options: [...PLANNER, ...pins].map((one) => `-c ${one}`).join(' ') }),
  })
  client.on('error', () => undefined) // also told to whoever waits for an answer
  await client.connect()
  return client
}

const textual = (value: string): unknown => value
const number = (value: string): unknown => Number(value)

/** Only what our statements answer with: numbers, texts, bytes, arrays of bigint. Ids are below 2^53. */
function getTypeParser(oid: number): (value: string) => unknown {
  switch (oid) {
    case 16:
      return (value) => value === 't'
    case 17:
      return (value) => Buffer.from(value.slice(2), 'hex')
    case INT8:
    case 21:
    case 23:
    case 701:
    case 1700:
      return number
    case 1016:
      return (value) => (value === '{}' ? [] : value.slice(1, -1).split(',').map(Number))
    default:
      return textual
  }
}
