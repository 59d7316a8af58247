import { DatabaseSync, type SQLInputValue, type SQLOutputValue, StatementSync } from 'node:sqlite'
import { end, isTime, passing } from './passage.ts'

type Content = 'recovery' | 'accept' | 'journal' | 'settle' | 'retry'

/** What a transaction is about, by one statement that only such a one has (src/adapter/store/sqlite). Several may share one. */
const SIGNS: readonly (readonly [Content, RegExp])[] = [
  ['accept', /^INSERT INTO msg\(/],
  ['journal', /DO UPDATE SET journal\b/],
  ['settle', /^INSERT INTO done\(/],
  ['retry', /DO UPDATE SET attempt\b/],
]
const CHECKPOINT = 'PRAGMA wal_checkpoint(PASSIVE)'

type Method<R> = (this: StatementSync, ...values: SQLInputValue[]) => R

/** The commits of the store, by what they hold, and its checkpoints: in whichever thread it makes them. */
export function watchSqlite(): void {
  const run = StatementSync.prototype.run as Method<unknown>
  const get = StatementSync.prototype.get as Method<Record<string, SQLOutputValue> | undefined>
  const { exec } = DatabaseSync.prototype
  // The first commit of a life is the one that opens the store.
  const open = new Set<Content>(['recovery'])
  let opened = false
  // The thread that copies is busy until it is over, so another one kills.
  const channel = new BroadcastChannel('tieline-rig')
  channel.unref()
  channel.onmessage = end

  function around<R>(sql: string, perform: () => R): R {
    if (sql !== 'COMMIT') {
      if (opened && sql.startsWith('BEGIN')) open.clear()
      if (opened) for (const [content, sign] of SIGNS) if (sign.test(sql)) open.add(content)
      return perform()
    }
    for (const content of open) passing(`before ${content} commits`)
    const result = perform()
    for (const content of open) passing(`after ${content} commits`)
    opened = true
    return result
  }

  function watchedGet(this: StatementSync, ...values: SQLInputValue[]): ReturnType<typeof get> {
    if (this.sourceSQL !== CHECKPOINT) return get.apply(this, values)
    passing('before the checkpoint')
    if (isTime('during the checkpoint')) channel.postMessage('copying')
    const result = get.apply(this, values)
    passing('after the checkpoint')
    return result
  }

  Object.assign(StatementSync.prototype, {
    run(this: StatementSync, ...values: SQLInputValue[]): unknown {
      return around(this.sourceSQL, () => run.apply(this, values))
    },
    get: watchedGet,
  })
  Object.assign(DatabaseSync.prototype, {
    exec(this: DatabaseSync, sql: string): void {
      around(sql, () => exec.call(this, sql))
    },
  })
}
