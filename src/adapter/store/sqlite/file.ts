import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TielineError } from '../../../core/error.ts'
import { corrupt, storeError } from './failure.ts'
import { APPLICATION_ID, STEPS } from './schema.ts'

/** Older ones can corrupt a file when a checkpoint meets a writer. https://www.sqlite.org/wal.html#walresetbug */
const SQLITE_FLOOR = [3, 51, 3] as const
/** Files up to this size are read for damage before they are used; larger ones afterwards, on the checkpoint thread. */
const CHECKED_BYTES = 64 * 1024 * 1024
const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'

export interface OpenedFile {
  readonly db: DatabaseSync
  /** The file is large and has not been read for damage. */
  readonly unchecked: boolean
}

/**
 * Opens the database, makes its tables if it is new. A file that is not ours, or not whole, is not touched.
 * @throws {TielineError} STORE_CORRUPT, STORE_VERSION, STORE_FULL or STORE_UNAVAILABLE
 */
export function openFile(path: string, maxBytes: number | undefined): OpenedFile {
  try {
    const size = examine(path)
    if (size > 0 && size <= CHECKED_BYTES) quickCheck(path)
    makePrivate(path)
    const db = new DatabaseSync(path, { timeout: 5_000 })
    try {
      checkVersions(db, path)
      create(db)
      db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536')
      if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / 4096))}`)
    } catch (thrown) {
      db.close()
      throw thrown
    }
    return { db, unchecked: size > CHECKED_BYTES }
  } catch (thrown) {
    throw storeError(thrown, path)
  }
}

/** Closes without copying the log into the file, which the last connection otherwise does: one that cannot write stays until after. */
export function closeUntouched(db: DatabaseSync, path: string): void {
  const last = new DatabaseSync(path, { readOnly: true })
  try {
    last.prepare('SELECT 1').get()
    db.close()
  } finally {
    last.close()
  }
}

/**
 * Bodies hold personal data: a new file is its owner's alone. SQLite gives the log and its index the mode of the file. A file that is there
 * is not opened: closing it would end the locks that this process has on it (POSIX fcntl).
 */
export function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, thrown)
  }
}

/** Makes the folder, so that the first start needs no preparation. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (thrown) {
    throw unusable(path, thrown)
  }
}

function unusable(path: string, cause: unknown): TielineError {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason = code === 'EEXIST' || code === 'ENOTDIR' ? `a part of ${dirname(path)} is not a folder` : message
  return new TielineError('CONFIG_INVALID', `the store cannot be kept at ${path}: ${reason}`, { cause })
}

/** Reads the header without SQLite, which would create, recover or convert. Answers the size; 0 for a new file. */
function examine(path: string): number {
  if (!existsSync(path)) return 0
  const file = openSync(path, 'r')
  const header = Buffer.alloc(HEADER_BYTES)
  const size = fstatSync(file).size
  readSync(file, header, 0, HEADER_BYTES, 0)
  closeSync(file)
  if (size === 0) return 0
  if (size < HEADER_BYTES || header.toString('latin1', 0, 16) !== MAGIC)
    throw corrupt(path, 'it is not an SQLite database')
  // With a rollback journal beside it the file was being made when its process died: SQLite takes that back.
  if (existsSync(`${path}-journal`)) return size
  const pageSize = header.readUInt16BE(16)
  if (pageSize === 0 || size % (pageSize === 1 ? 65_536 : pageSize) !== 0) throw corrupt(path, 'it has been cut off')
  if (header.readUInt32BE(68) !== APPLICATION_ID) throw corrupt(path, 'it belongs to another application')
  return size
}

/** Through a connection that cannot write, so that closing it changes nothing either. */
function quickCheck(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    const result = String(Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0])
    if (result !== 'ok') throw corrupt(path, result)
  } finally {
    db.close()
  }
}

function checkVersions(db: DatabaseSync, path: string): void {
  const version = String(db.prepare('SELECT sqlite_version() AS version').get()?.['version'])
  const parts = version.split('.').map(Number)
  const differs = SQLITE_FLOOR.findIndex((floor, i) => parts[i] !== floor)
  if (differs >= 0 && parts[differs]! < SQLITE_FLOOR[differs]!) {
    throw new TielineError(
      'STORE_UNAVAILABLE',
      `SQLite ${version} is too old, ${SQLITE_FLOOR.join('.')} is needed: update Node`,
      {
        disposition: 'stop',
      },
    )
  }
  const schema = schemaOf(db)
  if (schema > STEPS.length) {
    throw new TielineError('STORE_VERSION', `${path} has schema ${schema}, this version knows ${STEPS.length}`)
  }
}

function schemaOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
}

/**
 * The steps that the file does not have, in one transaction. A new one has its tables and its header before the log exists: the header always tells
 * whose file it is.
 */
function create(db: DatabaseSync): void {
  const steps = STEPS.slice(schemaOf(db))
  if (steps.length > 0) {
    db.exec(`PRAGMA page_size = 4096; BEGIN IMMEDIATE; ${steps.join('')} PRAGMA user_version = ${STEPS.length}; COMMIT`)
  }
  db.exec('PRAGMA journal_mode = WAL')
}
