import { expect, test } from 'vitest'
import { batchOf } from '../../src/adapter/store/postgres/batch.ts'
import { Line } from '../../src/adapter/store/postgres/line.ts'
import { Names } from '../../src/adapter/store/postgres/names.ts'
import { settingsOf } from '../../src/adapter/store/postgres/options.ts'
import { statements } from '../../src/adapter/store/postgres/statements.ts'
import type { NewMessage } from '../../src/port/store.ts'
import { claims, done, drain, message, type Session, until, type World, world } from './world.ts'

/** Appends as the store does, in a transaction that the test ends. */
async function append(session: Session, { url, schema }: World, ...messages: NewMessage[]): Promise<void> {
  const line = new Line(settingsOf(url, { schema }), 'test', true)
  const names = new Names(line)
  await names.number(messages.flatMap(({ source, deliveries }) => [source, ...deliveries.map(({ flow }) => flow)]))
  await line.close()
  await session.sql(statements(schema).append[0].text, [session.pid, 0, 0, ...batchOf(messages, names).values])
}

/** Whether the store has looked for new work since. */
async function lookedSince(w: World, since: string): Promise<boolean> {
  const rows = await w.sql(
    `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%.fresh_of_tenants(%' AND application_name LIKE 'tieline%' AND datname = current_database()
      AND query_start > $1::timestamptz`,
    [since],
  )
  return rows.length > 0
}

async function now(w: World): Promise<string> {
  return (await w.sql<{ now: string }>('SELECT clock_timestamp()::text AS now'))[0]!.now
}

test('what commits after a later append was read is delivered once, in its place', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('first', 'a')])
  const first = await claims(store, 1)

  const late = await w.session()
  await late.sql('BEGIN')
  await append(late, w, message('late', 'a'), message('late-b', 'b'))
  await store.accept([message('later', 'a'), message('later-c', 'c')])
  const [later] = await claims(store, 1)
  expect(later!.message.id).toBe('later-c')
  await late.sql('COMMIT')

  const [lateB] = await claims(store, 1)
  expect(lateB!.message.id).toBe('late-b')
  await store.settle([...first, later!, lateB!].map(done))
  expect(await drain(store, 2)).toEqual(['late', 'later'])
  expect(await store.status()).toMatchObject({ delivered: 5, pending: 0, leased: 0 })
})

test('a transaction that stays open for long is waited for', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('first', 'a')])
  await drain(store, 1)

  const late = await w.session()
  await late.sql('BEGIN')
  await append(late, w, message('late', 'b'))
  await store.accept([message('later', 'a')])
  await drain(store, 1)
  await late.sql('SELECT pg_sleep(2)')
  await late.sql('COMMIT')
  expect(await drain(store, 1)).toEqual(['late'])
})

test('an append that drew its id early and its transaction number late is not overlooked', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('first', 'a')])
  await drain(store, 1)

  // Number n, a later id, committed; number n + 1, an earlier id, still open: no snapshot knows of the latter.
  const [early, late] = [await w.session(), await w.session()]
  await early.sql('BEGIN')
  await early.sql('SELECT pg_current_xact_id()')
  await late.sql('BEGIN')
  await append(late, w, message('late', 'b'))
  await append(early, w, message('later', 'a'))
  const since = await now(w)
  await early.sql('COMMIT')
  expect(await drain(store, 1)).toEqual(['later'])
  await until('it has looked', () => lookedSince(w, since))
  await late.sql('COMMIT')
  expect(await drain(store, 1)).toEqual(['late'])
})

test('a transaction of somebody else, open for long, does not hold back what commits out of order', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('first', 'a')])
  await drain(store, 1)

  const [foreign, late] = [await w.session(), await w.session()]
  await foreign.sql('BEGIN')
  await foreign.sql('SELECT pg_current_xact_id()')
  await late.sql('BEGIN')
  await append(late, w, message('late', 'b'))
  await store.accept([message('later', 'a')])
  expect(await drain(store, 1)).toEqual(['later'])
  await late.sql('COMMIT')
  expect(await drain(store, 1)).toEqual(['late'])
  await foreign.sql('ROLLBACK')
})
