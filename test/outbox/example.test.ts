import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import {
  cancelAll,
  placeWithDrizzle,
  placeWithKysely,
  placeWithPg,
  placeWithPostgres,
  placeWithPrisma,
} from '../../examples/docs/publish.ts'
import { useScene } from './scene.ts'

const here = useScene()
const file = (name: string): string => readFileSync(join(import.meta.dirname, '../../examples/docs', name), 'utf8')

it('what the guide shows of each driver publishes, and a row that cannot be written leaves nothing', async () => {
  const { pool, url, rows, published } = here()
  await rows('ALTER TABLE orders ADD total text')
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  // Prisma is not installed here: an object with its shape, on pg.
  const prisma: Parameters<typeof placeWithPrisma>[0] = {
    $transaction: async (work) => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const result = await work({
          $queryRawUnsafe: async (text, ...values) => (await client.query(text, values)).rows,
          orders: { create: ({ data }) => client.query('INSERT INTO orders VALUES ($1, $2)', [data.id, data.total]) },
        })
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
  }
  const places = [
    (order: { order: string; total: string }) => placeWithPg(pool, order),
    (order: { order: string; total: string }) => placeWithPostgres(sql, order),
    (order: { order: string; total: string }) => placeWithDrizzle(drizzle(pool), order),
    (order: { order: string; total: string }) =>
      placeWithKysely(new Kysely({ dialect: new PostgresDialect({ pool }) }), order),
    (order: { order: string; total: string }) => placeWithPrisma(prisma, order),
  ]
  for (const [i, place] of places.entries()) {
    await place({ order: `o${i}`, total: '1.00' })
    await expect(place({ order: `o${i}`, total: '2.00' })).rejects.toThrow() // the primary key
  }
  await sql.end()
  expect(await published()).toEqual(
    places.map((_, i) => ({
      source: 'shop',
      type: 'order.placed',
      key: `o${i}`,
      body: `{"order":"o${i}","total":"1.00"}`,
    })),
  )
  const client = await pool.connect()
  await client.query('BEGIN')
  await cancelAll(client, ['o1', 'o2'])
  await client.query('COMMIT')
  client.release()
  expect((await here().outbox.take('shop', 100)).slice(places.length).map(({ id }) => id)).toEqual([
    'cancel-o1',
    'cancel-o2',
  ])
  await rows('DELETE FROM tieline.outbox')
})

it('what it shows of SQL publishes, and so does its trigger', async () => {
  const { pool, rows, published } = here()
  await rows('DELETE FROM orders')
  await pool.query(file('publish.sql'))
  await pool.query(file('publish-trigger.sql'))
  await rows(`INSERT INTO orders VALUES ('o-2', '8.00')`)
  const row = (order: string, total: string) => ({
    source: 'shop',
    type: 'order.placed',
    key: order,
    body: `{"order": "${order}", "total": "${total}"}`,
  })
  expect(await published()).toEqual([row('o-1', '12.50'), row('o-2', '8.00')])
})
