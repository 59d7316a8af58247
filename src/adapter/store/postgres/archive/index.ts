import { createHash } from 'node:crypto'
import { MARK } from '../../../../engine/move/mark.ts'
import type { Archive, ArchivedDocument, Mark } from '../../../../port/archive.ts'
import { storeError } from '../failure.ts'
import { decodeIds } from '../inflight.ts'
import { settingsOf } from '../options.ts'
import { Numbers } from './numbers.ts'
import { Reading } from './read.ts'
import { openSession } from './session.ts'
import { Writing } from './write.ts'

const WORKS = '(SELECT count(*) FROM S.todo) + (SELECT count(*) FROM S.done) + (SELECT count(*) FROM S.dead) AS works'

/**
 * Everything in a PostgreSQL store, and the way to fill a new one. Holds its schema until it is closed.
 * @throws {TielineError} STORE_LOCKED while a worker is alive, NOT_FOUND or STORE_VERSION for a source that cannot be read, CONFIG_INVALID
 */
export async function postgresArchive(
  url: string,
  schema: string | undefined,
  role: 'source' | 'target',
): Promise<Archive> {
  const settings = settingsOf(url, schema === undefined ? {} : { schema })
  const where = `PostgreSQL schema ${settings.schema}`
  const session = await openSession(settings, role)
  const row = async (text: string, values: readonly unknown[] = []) => (await session.ask(text, values)).rows[0]
  try {
    const { database } = await row('SELECT current_database() AS database')
    const numbers = new Numbers(session)
    await numbers.load()
    const { rows } = await session.ask('SELECT ids FROM S.inflight')
    const reading = new Reading(session, numbers, new Set(rows.flatMap(({ ids }) => decodeIds(ids))))
    const writing = new Writing(session, numbers)
    const name = `${where} of ${database} on ${new URL(url).host || 'a socket'}`

    /** A failure says which store it was. */
    const ask = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } catch (thrown) {
        throw storeError(thrown, where)
      }
    }

    return {
      name,
      fingerprint: () =>
        ask(async () => {
          const seen = await row(
            `SELECT to_regnamespace($1)::oid::text AS schema, w.last_value AS works, o.last_value AS workers
            FROM S.work_id w, S.worker_id o`,
            [settings.schema],
          )
          return createHash('sha256')
            .update(JSON.stringify([name, seen]))
            .digest('base64url')
        }),
      mark: () =>
        ask(async () => {
          const found = await row('SELECT body FROM S.doc WHERE key = $1', [MARK])
          return found === undefined ? undefined : (JSON.parse(found.body) as Mark)
        }),
      setMark: (mark) => ask(() => writing.mark(mark)),
      content: () =>
        ask(async () => {
          const { works } = await row(`SELECT ${WORKS}`)
          if (works > 0) return `holds ${works} pieces of work`
          const { taken } = await row('SELECT coalesce(sum(accepted + quarantined), 0) AS taken FROM S.tally')
          if (taken > 0) return `has taken ${taken} messages before`
          const { documents } = await row('SELECT count(*) AS documents FROM S.doc WHERE expires IS NULL')
          return documents > 0 ? `holds ${documents} documents` : undefined
        }),
      behind: () =>
        ask(async () => {
          const { outbox } = await row('SELECT to_regclass($1) IS NOT NULL AS outbox', [`${settings.schema}.outbox`])
          const count = outbox ? (await row('SELECT count(*) AS waiting FROM S.outbox')).waiting : 0
          return count > 0
            ? `${count} messages in its outbox: let the runtime relay them, then stop it and what publishes`
            : undefined
        }),
      total: () => ask(async () => (await row(`SELECT ${WORKS}`)).works),
      read: (after) => ask(() => reading.page(after)),
      documents: () =>
        ask(async () => {
          const found = await session.ask('SELECT key, version, body FROM S.doc WHERE expires IS NULL AND key <> $1', [
            MARK,
          ])
          return found.rows as ArchivedDocument[]
        }),
      counters: () => ask(() => reading.counters()),
      write: (messages, mark) => ask(() => writing.batch(messages, mark)),
      finish: (documents, counters, mark) => ask(() => writing.finish(documents, counters, mark)),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    }
  } catch (thrown) {
    await session[Symbol.asyncDispose]()
    throw storeError(thrown, where)
  }
}
