import { TielineError } from '../../../core/error.ts'
import { WINDOW } from '../../../engine/lanes/lanes.ts'
import type { Clock } from '../../../port/clock.ts'
import { systemClock } from '../../clock/system.ts'

export interface PostgresOptions {
  /**
   * Schema of its tables: lower-case letters, digits and `_`, at most 40. Created when the user may; else create it for them. Default: `?schema=` of
   * the address, else `tieline`.
   */
  readonly schema?: string
  /** Name of the application that owns the schema. A process of another name is refused, so that two applications cannot share tables by mistake. */
  readonly application?: string
  /** TLS, as `node:tls` takes it; `true` verifies the server's certificate. Default: what `sslmode` of the address says. */
  readonly ssl?:
    | boolean
    | { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly rejectUnauthorized?: boolean }
  /** The address is a transaction pooler: no session locks and no LISTEN, so the store polls. Default: found out when connecting. */
  readonly pooler?: boolean
  /** A repeated (source, id) is recognised at least this many messages back. Default 1,000,000 (about 60 MB each million, twice at most). */
  readonly dedupe?: { readonly messages: number }
  /** Messages waiting for the database before STORE_BUSY. Default 10,000 messages or 64 MB of bodies. */
  readonly queue?: { readonly messages: number; readonly bytes: number }
  /** Waiting ids kept in memory per flow and per key; the rest is read in time. Default 20,000 and 1,000. */
  readonly window?: { readonly flow: number; readonly lane: number }
  /** How long a worker that does not answer keeps its work, ms. Default 10,000. */
  readonly leaseMs?: number
  /** Default: the machine's own clock. Measures in this process only; what is stored has the time of the database. */
  readonly clock?: Clock
}

export interface Settings {
  readonly url: string
  readonly schema: string
  readonly application: string | undefined
  readonly ssl: PostgresOptions['ssl']
  readonly pooler: boolean | undefined
  readonly dedupe: number
  readonly queueMessages: number
  readonly queueBytes: number
  readonly flowWindow: number
  readonly laneWindow: number
  readonly leaseMs: number
  readonly clock: Clock
}

/** Half a second's work at full speed; less memory than the embedded store takes, and less to read again when shards change hands. */
const FLOW_WINDOW = 20_000
const SCHEMA = /^[a-z_][a-z0-9_]{0,39}$/

/** @throws {TielineError} CONFIG_INVALID naming the option; never with the address, which may hold a password. */
export function settingsOf(url: string, options: PostgresOptions): Settings {
  if (!isAddress(url)) {
    throw new TielineError('CONFIG_INVALID', 'postgres(): give an address such as postgres://user@host:5432/database')
  }
  const address = new URL(url)
  const schema = options.schema ?? address.searchParams.get('schema') ?? 'tieline'
  address.searchParams.delete('schema')
  if (!SCHEMA.test(schema)) {
    throw new TielineError(
      'CONFIG_INVALID',
      `postgres option schema is ${JSON.stringify(schema)}; use lower-case letters, digits and _, at most 40`,
    )
  }
  return Object.freeze({
    url: address.href,
    schema,
    application: options.application,
    ssl: options.ssl,
    pooler: options.pooler,
    dedupe: atLeast(1, 'dedupe.messages', options.dedupe?.messages ?? 1_000_000),
    queueMessages: atLeast(1, 'queue.messages', options.queue?.messages ?? 10_000),
    queueBytes: atLeast(1, 'queue.bytes', options.queue?.bytes ?? 64 * 1024 * 1024),
    flowWindow: atLeast(1, 'window.flow', options.window?.flow ?? FLOW_WINDOW),
    laneWindow: atLeast(1, 'window.lane', options.window?.lane ?? WINDOW.laneWindow),
    leaseMs: atLeast(1_000, 'leaseMs', options.leaseMs ?? 10_000),
    clock: options.clock ?? systemClock,
  })
}

/** A server by name, or a socket as `?host=/path`. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function isAddress(url: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) return false
  const { hostname, searchParams } = new URL(url)
  return hostname !== '' || (searchParams.get('host') ?? '') !== ''
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value
  throw new TielineError('CONFIG_INVALID', `postgres option ${name} is ${value}; give a number of at least ${least}`)
}
