import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { expect, test } from 'vitest'
import { needs } from '../server/needs.ts'
import { testDatabase } from '../server/postgres/database.ts'
import { postgresMissing } from '../server/postgres/programs.ts'
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
      const env = { ...process.env, DATABASE: path, ...armed({ as: point, passage, calmMs: 0 }) }
      const ended = spawnSync(process.execPath, [here.file(script)], { env, encoding: 'utf8' })
      expect([point, ended.signal, ended.stderr]).toEqual([point, signal, expect.not.stringContaining('Error')])
      using db = new DatabaseSync(path)
      expect([point, db.prepare('SELECT count(*) AS rows FROM msg').get()?.['rows']]).toEqual([point, rows])
    }
  }
})

/** The same of a store on a server: statements by themselves, then a transaction sent at once. */
const STATEMENTS = `
import { createRequire } from 'node:module'
const { Client } = createRequire(process.env.BESIDE)('pg')
const db = new Client({ connectionString: process.env.DATABASE, pipeline: true })
await db.connect()
await db.query('CREATE SEQUENCE work_id'); await db.query('CREATE TABLE msg(id bigint)')
for (let n = 0; n < 2; n++) await db.query({ text: "INSERT INTO msg SELECT nextval('public.work_id')" })
for (let n = 0; n < 2; n++)
  await Promise.all(['BEGIN', "WITH d AS (INSERT INTO msg VALUES (9) RETURNING 1) SELECT count(*)::int AS settled FROM d", 'COMMIT']
    .map((text) => db.query({ text })))
await db.end()`

test('on a server it ends before a commit is sent, when it was sent, and when its answer came', async (context) => {
  needs(context, postgresMissing())
  for (const [point, passage, rows, signal] of [
    ['before accept commits', 2, [1], 'SIGKILL'],
    ['after accept is sent', 2, [1, 2], 'SIGKILL'],
    ['after accept commits', 2, [2], 'SIGKILL'],
    ['before settle commits', 2, [3], 'SIGKILL'],
    ['after settle is sent', 2, [3, 4], 'SIGKILL'],
    ['after settle commits', 1, [3], 'SIGKILL'],
    ['after retry commits', 1, [4], null],
  ] as const) {
    using here = folder()
    await using database = await testDatabase()
    writeFileSync(here.file('statements.mjs'), STATEMENTS)
    const store = { TIELINE_STORE: database.url, DATABASE: database.url, BESIDE: import.meta.filename }
    const env = { ...process.env, ...store, ...armed({ as: point, passage, calmMs: 0 }) }
    const ended = spawnSync(process.execPath, [here.file('statements.mjs')], { env, encoding: 'utf8' })
    expect([point, ended.signal, ended.stderr]).toEqual([point, signal, expect.not.stringContaining('Error')])
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const found = await client.query('SELECT count(*)::int AS rows FROM msg')
    await client.end()
    expect([point, rows]).toEqual([point, expect.arrayContaining([found.rows[0].rows])])
  }
})
