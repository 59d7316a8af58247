import { TielineError } from '../../../../core/error.ts'
import { openError, sqlState } from '../failure.ts'
import { type Ask, inSchema, Line } from '../line.ts'
import { migrate } from '../migrate.ts'
import { MIGRATIONS } from '../migrations.ts'
import type { Settings } from '../options.ts'
import { type Client, connect } from '../pg.ts'

/** Counting a large table takes longer than any statement of the runtime. */
const PATIENCE_MS = 600_000
/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * One connection that holds the schema for itself: with the lock that a starting runtime takes, and only while no worker is alive. `S` in a
 * statement stands for the schema.
 */
export class Session implements AsyncDisposable {
  readonly #client: Client
  readonly #schema: string

  constructor(client: Client, schema: string) {
    this.#client = client
    this.#schema = schema
  }

  readonly ask: Ask = (text, values = []) => {
    const query = {
      text: inSchema(text, this.#schema),
      values: values as unknown[],
      query_timeout: PATIENCE_MS,
    }
    return this.#client.query(query)
  }

  /** All or nothing. Refused when a worker is alive: it might have begun before the lock was held. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.ask('BEGIN')
    try {
      await this.refuseWorkers()
      const result = await work()
      await this.ask('COMMIT')
      return result
    } catch (thrown) {
      await this.ask('ROLLBACK').catch(() => undefined)
      throw thrown
    }
  }

  /** @throws {TielineError} STORE_LOCKED naming the workers. */
  async refuseWorkers(): Promise<void> {
    const { rows } =
      await this.ask(`SELECT host, ceil(extract(epoch FROM lease_until - clock_timestamp()))::int AS seconds FROM S.worker
      WHERE lease_until > clock_timestamp() ORDER BY id LIMIT 3`)
    if (rows.length === 0) return
    const who = rows.map(({ host, seconds }) => `${host} (for ${seconds} s more)`).join(', ')
    throw new TielineError(
      'STORE_LOCKED',
      `PostgreSQL schema ${this.#schema} is in use by ${who}: stop every runtime; one that was killed counts until its lease has ended`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}

/** Connects and locks. The tables of a target are made; those of a source must be of this version. */
export async function openSession(settings: Settings, role: 'source' | 'target'): Promise<Session> {
  const where = `PostgreSQL schema ${settings.schema}`
  if (role === 'target') {
    const line = new Line(settings, 'tieline move', settings.pooler === true)
    try {
      await migrate(line, settings)
    } finally {
      await line.close()
    }
  }
  const connected = await connect(settings, `tieline move:${settings.schema}`, false, []).catch((thrown: unknown) => {
    throw openError(thrown, where)
  })
  const session = new Session(connected.client, settings.schema)
  try {
    if (connected.pooled) {
      throw new TielineError('CONFIG_INVALID', `${where} is behind a pooler: name the server itself for a move`)
    }
    await checkTables(session, settings.schema, where)
    await lock(session, settings.schema, where)
    await session.refuseWorkers()
    return session
  } catch (thrown) {
    await session[Symbol.asyncDispose]()
    throw openError(thrown, where)
  }
}

/** For the whole session. One that was killed keeps it until the server has noticed. */
async function lock({ ask }: Session, schema: string, where: string): Promise<void> {
  await ask("SELECT set_config('lock_timeout', '5s', false)")
  try {
    await ask('SELECT pg_advisory_lock(hashtext($1))', [`tieline ${schema}`])
  } catch (cause) {
    if (sqlState(cause) !== LOCK_NOT_AVAILABLE) throw cause
    throw new TielineError('STORE_LOCKED', `${where} is in use by another move, or a runtime is starting`, { cause })
  }
}

async function checkTables(session: Session, schema: string, where: string): Promise<void> {
  const [there] = (await session.ask('SELECT to_regclass($1) IS NOT NULL AS meta', [`${schema}.meta`])).rows
  if (!there.meta) throw new TielineError('NOT_FOUND', `there is no Tieline store in ${where}`)
  const { version } = (await session.ask('SELECT version FROM S.meta')).rows[0]
  if (version === MIGRATIONS.length) return
  throw new TielineError(
    'STORE_VERSION',
    `${where} has version ${version}, this version knows ${MIGRATIONS.length}: move with the Tieline that used it last, or run \`tieline migrate\``,
  )
}
