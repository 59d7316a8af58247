import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { TielineError } from '../../../../core/error.ts'
import { MARK } from '../../../../engine/move/mark.ts'
import type { Archive, ArchivedCounters, ArchivedDocument, Mark } from '../../../../port/archive.ts'
import { Counter } from '../counts.ts'
import { storeError } from '../failure.ts'
import { makeFolder, openFile } from '../file.ts'
import { lock } from '../lock.ts'
import { Names } from '../names.ts'
import { crashedOf } from './crashed.ts'
import { markOf } from './mark.ts'
import { Reading } from './read.ts'
import { Writing } from './write.ts'

/**
 * Everything in a SQLite store, and the way to fill a new one. Holds the lock of the file until it is closed.
 * @throws {TielineError} STORE_LOCKED while a process uses it, NOT_FOUND for a source that is not there, and what opening the store throws
 */
export function sqliteArchive(path: string, role: 'source' | 'target'): Archive {
  if (role === 'source' && !existsSync(path)) throw new TielineError('NOT_FOUND', `there is no SQLite store at ${path}`)
  makeFolder(path)
  const locked = lock(path)
  try {
    const { db } = openFile(path, undefined)
    try {
      // What is committed is on disk; and the log is copied back as it grows.
      db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -8192')
      return archiveOf(db, path, locked)
    } catch (thrown) {
      db.close()
      throw thrown
    }
  } catch (thrown) {
    locked[Symbol.dispose]()
    throw storeError(thrown, path)
  }
}

function archiveOf(db: DatabaseSync, path: string, locked: Disposable): Archive {
  const name = `SQLite store ${realpathSync(path)}`
  const counter = new Counter(db)
  const names = new Names(db)
  const reading = new Reading(db, names, new Set(crashedOf(path, counter.now.opened)))
  const writing = new Writing(db, names, counter)
  const one = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0])

  /** A failure says which store it was. */
  async function ask<T>(work: () => T): Promise<T> {
    try {
      return work()
    } catch (thrown) {
      throw storeError(thrown, path)
    }
  }

  return {
    name,
    fingerprint: () =>
      ask(() => {
        const { opened, last, accepted } = counter.now
        return createHash('sha256')
          .update(JSON.stringify([name, opened, last, accepted]))
          .digest('base64url')
      }),
    mark: () =>
      ask(() => {
        const body = markOf(db)
        return body === undefined ? undefined : (JSON.parse(body) as Mark)
      }),
    setMark: (mark) => ask(() => writing.mark(mark)),
    content: () =>
      ask(() => {
        const works = one(
          'SELECT (SELECT count(*) FROM todo) + (SELECT count(*) FROM done) + (SELECT count(*) FROM dead)',
        )
        if (works > 0) return `holds ${works} pieces of work`
        if (counter.now.last > 0) return `has taken ${counter.now.accepted} messages before`
        const documents = one('SELECT count(*) FROM doc WHERE expires IS NULL')
        return documents > 0 ? `holds ${documents} documents` : undefined
      }),
    behind: async () => undefined,
    total: () =>
      ask(() => one('SELECT (SELECT count(*) FROM todo) + (SELECT count(*) FROM done) + (SELECT count(*) FROM dead)')),
    read: (after) => ask(() => reading.page(after)),
    documents: () =>
      ask(
        () =>
          db
            .prepare('SELECT key, version, body FROM doc WHERE expires IS NULL AND key <> ? ORDER BY key')
            .all(MARK) as unknown as ArchivedDocument[],
      ),
    counters: () => ask(() => countersOf(counter)),
    write: (messages, mark) => ask(() => writing.batch(messages, mark)),
    finish: (documents, counters, mark) => ask(() => writing.finish(documents, counters, mark)),
    async [Symbol.asyncDispose]() {
      db.close()
      locked[Symbol.dispose]()
    },
  }
}

function countersOf({ now: { last, accepted, duplicates, delivered, skipped, discarded } }: Counter): ArchivedCounters {
  return { last, accepted, duplicates, delivered, skipped, discarded }
}
