import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { sql as drizzleSql } from 'drizzle-orm/sql'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import type postgres from 'postgres'
import type { PrismaTransaction } from 'tieline/outbox'
import { type Order, shop } from './outbox.ts'

interface Tables {
  orders: { id: string; total: string }
}

/** What is used here of a Prisma client with a model `orders`. */
interface Prisma {
  $transaction<T>(
    work: (
      tx: PrismaTransaction & { orders: { create(order: { data: Tables['orders'] }): Promise<unknown> } },
    ) => Promise<T>,
  ): Promise<T>
}

export async function placeWithPg(pool: pg.Pool, order: Order): Promise<void> {
  // #region pg
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO orders VALUES ($1, $2)', [order.order, order.total])
    await shop.publish(client, { type: 'order.placed', data: order })
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK') // nothing was published
    throw error
  } finally {
    client.release()
  }
  // #endregion
}

export async function placeWithPostgres(sql: postgres.Sql, order: Order): Promise<void> {
  // #region postgres
  await sql.begin(async (tx) => {
    await tx`INSERT INTO orders VALUES (${order.order}, ${order.total})`
    await shop.publish(tx, { type: 'order.placed', data: order })
  })
  // #endregion
}

export async function placeWithDrizzle(db: NodePgDatabase, order: Order): Promise<void> {
  // #region drizzle
  await db.transaction(async (tx) => {
    await tx.execute(drizzleSql`INSERT INTO orders VALUES (${order.order}, ${order.total})`)
    await shop.publish(tx, { type: 'order.placed', data: order })
  })
  // #endregion
}

export async function placeWithKysely(db: Kysely<Tables>, order: Order): Promise<void> {
  // #region kysely
  await db.transaction().execute(async (tx) => {
    await tx.insertInto('orders').values({ id: order.order, total: order.total }).execute()
    await shop.publish(tx, { type: 'order.placed', data: order })
  })
  // #endregion
}

export async function placeWithPrisma(prisma: Prisma, order: Order): Promise<void> {
  // #region prisma
  await prisma.$transaction(async (tx) => {
    await tx.orders.create({ data: { id: order.order, total: order.total } })
    await shop.publish(tx, { type: 'order.placed', data: order })
  })
  // #endregion
}

export async function cancelAll(client: pg.PoolClient, orders: readonly string[]): Promise<void> {
  // #region several
  // Last in the transaction, and all at once.
  await shop.publish(
    client,
    orders.map((order) => ({ type: 'order.cancelled', id: `cancel-${order}`, data: { order, reason: 'sold out' } })),
  )
  // #endregion
}
