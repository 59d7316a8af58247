import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { needs } from './needs.ts'
import { pgBouncerMissing, startPgBouncer } from './pgbouncer.ts'
import { testDatabase } from './postgres/database.ts'
import { postgresMissing, programsMissing } from './postgres/programs.ts'
import { startPostgres } from './postgres/server.ts'
import { startProxy } from './proxy.ts'

async function asked<T>(url: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows[0] as T
  } finally {
    await client.end()
  }
}

test('each test has a database of its own, and it is gone afterwards', async (context) => {
  needs(context, postgresMissing())
  const kept = await testDatabase()
  await using another = await testDatabase()
  const idle = new pg.Client({ connectionString: kept.url })
  idle.on('error', () => {}) // its session is ended with the database
  await idle.connect()
  await idle.query('CREATE TABLE mine(id int)')
  expect(await asked(another.url, "SELECT to_regclass('mine') AS found")).toEqual({ found: null })
  await kept[Symbol.asyncDispose]()
  await expect(asked(kept.url, 'SELECT 1')).rejects.toThrow('does not exist')
})

describe('a server of its own', () => {
  beforeEach((context) => needs(context, programsMissing()))

  test('syncs, wants a password, stops, starts and keeps what was committed; then it is gone', async () => {
    const server = await startPostgres()
    expect(await asked(server.url, 'SHOW fsync')).toEqual({ fsync: 'on' })
    await expect(asked(server.url.replace('tie-line', 'wrong'), 'SELECT 1')).rejects.toThrow('password')
    for (const mode of ['fast', 'immediate'] as const) {
      await asked(server.url, `CREATE TABLE ${mode}(id int)`)
      await server.stop(mode)
      await expect(asked(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
      await server.start()
      expect(await asked(server.url, `SELECT count(*)::int AS rows FROM ${mode}`)).toEqual({ rows: 0 })
    }
    await server[Symbol.asyncDispose]()
    expect(existsSync(server.log)).toBe(false)
    await expect(asked(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  })

  test('ends with the process that started it, even when that is killed', async () => {
    const script = fileURLToPath(new URL('./postgres/abandoned.ts', import.meta.url))
    const child = fork(script, { execArgv: ['--conditions=@tieline/source'] })
    const [{ url, log }] = (await once(child, 'message')) as [{ url: string; log: string }]
    expect(await asked(url, 'SELECT 1 AS one')).toEqual({ one: 1 })
    child.kill('SIGKILL')
    while (existsSync(dirname(log))) await new Promise((resolve) => setTimeout(resolve, 20))
    await expect(asked(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  })
})

describe('the proxy', () => {
  beforeEach((context) => needs(context, postgresMissing()))

  const opened = async (port: number, url: string): Promise<pg.Client> => {
    const through = new URL(url)
    through.port = String(port)
    const client = new pg.Client({ connectionString: through.href })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  test('passes, cuts, stalls and refuses', async () => {
    await using database = await testDatabase()
    await using proxy = await startProxy(Number(new URL(database.url).port || 5432))
    const first = await opened(proxy.port, database.url)
    expect((await first.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    proxy.cut()
    await expect(first.query('SELECT 1')).rejects.toThrow()

    const second = await opened(proxy.port, database.url)
    proxy.stall()
    let answered = false
    const held = second.query('SELECT 2 AS two').then(({ rows }) => {
      answered = true
      return rows
    })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(answered).toBe(false)
    await proxy.pass()
    expect(await held).toEqual([{ two: 2 }])

    await proxy.refuse()
    await expect(second.query('SELECT 1')).rejects.toThrow()
    await expect(opened(proxy.port, database.url)).rejects.toThrow('ECONNREFUSED')
    await proxy.pass()
    const third = await opened(proxy.port, database.url)
    expect((await third.query('SELECT 3 AS three')).rows).toEqual([{ three: 3 }])
    await third.end()
  })
})

test('pgbouncer shares sessions of the server by transaction, and is gone afterwards', async (context) => {
  needs(context, programsMissing() ?? pgBouncerMissing())
  await using server = await startPostgres()
  const bouncer = await startPgBouncer(server.url)
  const pid = 'SELECT pg_backend_pid() AS pid'
  const [a, b] = [await asked(bouncer.url, pid), await asked(bouncer.url, pid)]
  expect(a).toEqual(b)
  await bouncer[Symbol.asyncDispose]()
  await expect(asked(bouncer.url, pid)).rejects.toThrow('ECONNREFUSED')
})

test('what is missing is told by name, and fails where every server is required', () => {
  const skip = (note?: string): never => {
    throw new Error(`skipped: ${note}`)
  }
  const before = process.env['TIELINE_REQUIRE']
  try {
    delete process.env['TIELINE_REQUIRE']
    expect(() => needs({ skip }, 'no bouncer')).toThrow('skipped: no bouncer')
    process.env['TIELINE_REQUIRE'] = 'all'
    expect(() => needs({ skip }, 'no bouncer')).toThrow(/^no bouncer$/)
    needs({ skip }, undefined)
  } finally {
    if (before === undefined) delete process.env['TIELINE_REQUIRE']
    else process.env['TIELINE_REQUIRE'] = before
  }
})
