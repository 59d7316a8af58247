import { TielineError } from '../../../core/error.ts'
import { openError } from './failure.ts'
import type { Line } from './line.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Settings } from './options.ts'

/** Brings the tables to this version. Processes that come at once wait for one another. */
export async function migrate(line: Line, settings: Settings): Promise<void> {
  const { schema } = settings
  const where = `PostgreSQL schema ${schema}`
  try {
    await line.exclusive(async (send) => {
      const ask = async (text: string, values: unknown[] = []) => (await send(text, values)).rows
      await ask('SELECT pg_advisory_xact_lock(hashtext($1))', [`tieline ${schema}`])
      const [server] = await ask(
        "SELECT current_setting('server_version_num')::int AS number, current_setting('server_encoding') AS encoding, to_regnamespace($1) IS NOT NULL AS there",
        [schema],
      )
      if (server.number < 140_000) {
        throw new TielineError('STORE_UNAVAILABLE', 'PostgreSQL 14 or newer is needed', { disposition: 'stop' })
      }
      if (server.encoding !== 'UTF8') {
        throw new TielineError(
          'CONFIG_INVALID',
          `the database is encoded in ${server.encoding}; make one with ENCODING 'UTF8'`,
        )
      }
      if (!server.there) await ask(`CREATE SCHEMA ${schema}`)
      await ask(
        `CREATE TABLE IF NOT EXISTS S.meta(one boolean PRIMARY KEY CHECK (one), version int NOT NULL, application text)`,
      )
      await ask(`INSERT INTO S.meta VALUES (true, 0, $1) ON CONFLICT DO NOTHING`, [settings.application ?? null])
      const [meta] = await ask(`SELECT version, application FROM S.meta`)
      if (meta.version > MIGRATIONS.length) {
        throw new TielineError(
          'STORE_VERSION',
          `${where} has version ${meta.version}, this version knows ${MIGRATIONS.length}`,
        )
      }
      await claimSchema(ask, settings, meta.application)
      for (const step of MIGRATIONS.slice(meta.version)) await ask(step)
      if (meta.version < MIGRATIONS.length) await ask(`UPDATE S.meta SET version = ${MIGRATIONS.length}`)
      await ask('SELECT S.ensure_days()') // nobody may have been here for days
    })
  } catch (thrown) {
    throw openError(thrown, where)
  }
}

async function claimSchema(
  ask: (text: string, values: unknown[]) => Promise<unknown>,
  { schema, application }: Settings,
  owner: string | null,
): Promise<void> {
  if (application === undefined || owner === application) return
  if (owner === null) {
    await ask(`UPDATE S.meta SET application = $1`, [application])
    return
  }
  throw new TielineError(
    'CONFIG_INVALID',
    `PostgreSQL schema ${schema} belongs to the application ${JSON.stringify(owner)}, not to ${JSON.stringify(application)}: give each its own schema`,
  )
}
