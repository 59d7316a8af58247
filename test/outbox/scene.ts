import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeEach } from 'vitest'
import { outboxTables } from '../../src/adapter/outbox/schema.ts'
import { outboxOf } from '../../src/adapter/outbox/statements.ts'
import type { Outbox } from '../../src/port/outbox.ts'
import { needs } from '../server/needs.ts'
import { type TestDatabase, testDatabase } from '../server/postgres/database.ts'
import { postgresMissing } from '../server/postgres/programs.ts'

/** A database with the tables of outbox and inbox, and the application's own table `orders`. */
export interface Scene extends AsyncDisposable {
  readonly url: string
  readonly pool: pg.Pool
  readonly outbox: Outbox
  /** A session of its own. */
  connect(): Promise<pg.Client>
  rows(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Runs something in a session of a new role without rights, which is gone afterwards. */
  asRole(use: (session: pg.Client, role: string) => Promise<void>): Promise<void>
  /** Source, type, key and body of what is committed in the outbox, oldest first. */
  published(): Promise<Record<string, unknown>[]>
}

/** One scene for the tests of a suite, which are skipped where there is no PostgreSQL. */
export function useScene(): () => Scene {
  let made: Scene | undefined
  beforeEach(async (context) => {
    needs(context, postgresMissing())
    made ??= await scene()
  })
  afterAll(() => made?.[Symbol.asyncDispose]())
  return () => made as Scene
}

async function scene(): Promise<Scene> {
  const database: TestDatabase = await testDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => {}) // the database is dropped with its sessions
  const clients: pg.Client[] = []
  const rows: Scene['rows'] = async (text, values = []) => (await pool.query(text, [...values])).rows
  await rows('CREATE SCHEMA tieline')
  await pool.query(outboxTables('tieline'))
  await rows('CREATE TABLE orders(id text PRIMARY KEY)')
  return {
    url: database.url,
    pool,
    rows,
    outbox: outboxOf('tieline', (text, values) => rows(text, values)),
    connect: async () => {
      const client = new pg.Client({ connectionString: database.url })
      client.on('error', () => {})
      await client.connect()
      clients.push(client)
      return client
    },
    asRole: async (use) => {
      const role = `app_${randomBytes(6).toString('hex')}`
      const url = new URL(database.url)
      url.username = role
      url.password = role
      await rows(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`)
      const session = new pg.Client({ connectionString: url.href })
      session.on('error', () => {})
      try {
        await session.connect()
        await use(session, role)
      } finally {
        await session.end()
        await rows(`DROP OWNED BY ${role}`)
        await rows(`DROP ROLE ${role}`)
      }
    },
    published: () =>
      rows(
        `SELECT source, type, attributes ->> 'partitionkey' AS key, convert_from(body, 'UTF8') AS body FROM tieline.outbox ORDER BY seq`,
      ),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.end()))
      await pool.end()
      await database[Symbol.asyncDispose]()
    },
  }
}
