import { drizzle as drizzleOnPg } from 'drizzle-orm/node-postgres'
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/postgres-js'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import postgres from 'postgres'
import { inbox, type Transaction } from 'tieline/outbox'
import { describe, expect, it } from 'vitest'
import { type Scene, useScene } from './scene.ts'
import { placed, shop } from './shop.ts'

class Undo extends Error {}

/** Runs `work` in a transaction of a client, and gives the client itself to `outside`. */
interface Client {
  readonly name: string
  transact(there: Scene, work: (tx: Transaction) => Promise<void>): Promise<void>
  outside(there: Scene, use: (client: unknown) => Promise<void>): Promise<void>
}

const sql = (there: Scene) => postgres(there.url, { max: 1, onnotice: () => {} })
// A plugin that renames what is answered must not matter.
const kysely = (there: Scene) =>
  new Kysely<object>({ dialect: new PostgresDialect({ pool: there.pool }), plugins: [new CamelCasePlugin()] })

async function withSql<T>(there: Scene, use: (client: postgres.Sql) => Promise<T>): Promise<T> {
  const client = sql(there)
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const CLIENTS: readonly Client[] = [
  {
    name: 'pg',
    transact: async ({ pool }, work) => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await work(client)
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
    outside: async ({ pool, connect }, use) => {
      await use(pool)
      await use(await connect())
    },
  },
  {
    name: 'postgres',
    transact: (there, work) => withSql(there, (client) => client.begin((tx) => work(tx)).then(() => {})),
    outside: (there, use) => withSql(there, use),
  },
  {
    name: 'drizzle on pg',
    transact: ({ pool }, work) => drizzleOnPg(pool).transaction((tx) => work(tx)),
    outside: ({ pool }, use) => use(drizzleOnPg(pool)),
  },
  {
    name: 'drizzle on postgres',
    transact: (there, work) => withSql(there, (client) => drizzleOnPostgres(client).transaction((tx) => work(tx))),
    outside: (there, use) => withSql(there, (client) => use(drizzleOnPostgres(client))),
  },
  {
    name: 'kysely',
    transact: (there, work) =>
      kysely(there)
        .transaction()
        .execute((tx) => work(tx)),
    outside: (there, use) => use(kysely(there)),
  },
  {
    // Prisma itself is not installed here: this object has the method that is used of it, on pg. It shows the calls, not Prisma's driver.
    name: 'what is used of Prisma',
    transact: async ({ pool }, work) => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await work({ $queryRawUnsafe: async (text, ...values) => (await client.query(text, values)).rows })
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
    outside: (_, use) => use({ $connect: () => {}, $queryRawUnsafe: () => Promise.resolve([]) }),
  },
]

describe.each(CLIENTS)('a transaction of $name', ({ transact, outside }) => {
  const here = useScene()

  it('publishes when it commits', async () => {
    const there = here()
    let ids: readonly string[] = []
    await transact(there, async (tx) => {
      ids = await shop.publish(tx, [placed('o1', 'a "quote", a \\, \u0000 and ✓'), placed('o2')])
      expect(await there.published()).toEqual([]) // nobody sees it before
    })
    expect(await there.published()).toEqual([
      {
        source: 'shop',
        type: 'order.placed',
        key: 'o1',
        body: JSON.stringify({ id: 'o1', note: 'a "quote", a \\, \u0000 and ✓' }),
      },
      { source: 'shop', type: 'order.placed', key: 'o2', body: '{"id":"o2","note":""}' },
    ])
    const taken = await there.outbox.take('shop', 10)
    expect(taken.map(({ id }) => id)).toEqual(ids)
    await there.outbox.done(
      'shop',
      taken.map(({ position }) => position),
    )
  })

  it('leaves nothing when it rolls back', async () => {
    const there = here()
    const books = inbox('books')
    const message = { source: 'stripe', id: 'evt_1' }
    const failing = transact(there, async (tx) => {
      await shop.publish(tx, placed('o3'))
      expect(await books.once(tx, message)).toBe(true)
      throw new Undo()
    })
    await expect(failing).rejects.toThrow(Undo)
    expect(await there.published()).toEqual([])
    await transact(there, async (tx) => expect(await books.once(tx, message)).toBe(true))
    await transact(there, async (tx) => expect(await books.once(tx, message)).toBe(false))
  })

  it('is asked for: its client alone is refused, and nothing is published', async () => {
    const there = here()
    await outside(there, async (client) => {
      await expect(shop.publish(client as Transaction, placed('o4'))).rejects.toThrow(
        expect.objectContaining({
          code: 'REQUEST_INVALID',
          message: expect.stringMatching(/^tx: expected an open transaction: .*; this is /),
        }),
      )
    })
    expect(await there.published()).toEqual([])
  })
})
