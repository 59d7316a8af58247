import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { TielineError } from '../../../core/error.ts'
import { makePrivate } from './file.ts'
import { OWNER_BYTES } from './inflight.ts'

/**
 * One process per file, held by the operating system and gone with the process however it ends: an exclusive transaction on an empty
 * database beside the file. The main file cannot serve: the checkpoint thread needs a connection of its own to it.
 * @throws {TielineError} STORE_LOCKED, naming the process that has it.
 */
export function lock(path: string): Disposable {
  makePrivate(`${path}-lock`)
  const db = new DatabaseSync(`${path}-lock`, { timeout: 0 })
  try {
    db.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new TielineError('STORE_LOCKED', `${path} is in use by ${ownerOf(path)}`, { cause })
  }
  return { [Symbol.dispose]: () => db.close() }
}

function ownerOf(path: string): string {
  try {
    const file = openSync(`${path}-inflight`, 'r')
    const head = Buffer.alloc(OWNER_BYTES)
    readSync(file, head, 0, OWNER_BYTES, 0)
    closeSync(file)
    const text = head.toString('utf8').replace(/\0.*$/s, '')
    return /^process \d+/.test(text) ? text : 'another process'
  } catch {
    return 'another process'
  }
}
