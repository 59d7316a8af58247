import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { folder } from './folder.ts'
import { armed } from './rig/supervise/strike.ts'

/** A store's commits in miniature: the one that opens it, then one with a message. */
const COMMITS = `
const { DatabaseSync } = require('node:sqlite')
const db = new DatabaseSync(process.env.DATABASE)
db.exec('CREATE TABLE IF NOT EXISTS msg(id INT)')
db.exec('BEGIN IMMEDIATE'); db.exec('COMMIT')
for (let n = 0; n < 3; n++) {
  db.prepare('BEGIN IMMEDIATE').run()
  db.prepare('INSERT INTO msg(id) VALUES(?)').run(n)
  db.prepare('COMMIT').run()
}`
const THREAD = `new (require('node:worker_threads').Worker)(__dirname + '/commits.cjs', { execArgv: [] })`

test('a process ends at the point and passage that were asked for, in whichever thread it commits', () => {
  for (const script of ['commits.cjs', 'thread.cjs']) {
    for (const [point, passage, rows, signal] of [
      ['before recovery commits', 1, 0, 'SIGKILL'],
      ['before accept commits', 2, 1, 'SIGKILL'],
      ['after accept commits', 2, 2, 'SIGKILL'],
      ['before accept commits', 4, 3, null],
      ['before settle commits', 1, 3, null],
    ] as const) {
      using here = folder()
      const path = here.file('a.db')
      writeFileSync(here.file('commits.cjs'), COMMITS)
      writeFileSync(here.file('thread.cjs'), THREAD)
      const env = { ...process.env, DATABASE: path, ...armed({ as: point, passage }) }
      const ended = spawnSync(process.execPath, [here.file(script)], { env, encoding: 'utf8' })
      expect([point, ended.signal, ended.stderr]).toEqual([point, signal, expect.not.stringContaining('Error')])
      using db = new DatabaseSync(path)
      expect([point, db.prepare('SELECT count(*) AS rows FROM msg').get()?.['rows']]).toEqual([point, rows])
    }
  }
})
