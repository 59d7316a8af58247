import { expect, test } from 'vitest'
import { claims, done, drain, message, type World, world } from './world.ts'

const DAY_MS = 86_400_000
const FAULT = { code: 'NO', message: 'no', retryable: false, fingerprint: 'f' }

/** Makes a day long ago, and moves all that there is into it. */
async function ageAll(w: World, daysAgo: number): Promise<string> {
  const [row] = await w.sql<{ day: string; name: string }>(
    `SELECT d::text AS day, to_char(d, 'YYYYMMDD') AS name FROM (SELECT ((now() AT TIME ZONE 'UTC')::date - $1::int) AS d) x`,
    [daysAgo],
  )
  const { day, name } = row!
  for (const table of ['msg', 'done']) {
    await w.sql(
      `CREATE TABLE S.${table}_${name} PARTITION OF S.${table} FOR VALUES FROM ('${day}') TO ('${day}'::date + 1)`,
    )
    await w.sql(`UPDATE S.${table} SET day = '${day}', at = at - $1::bigint`, [daysAgo * DAY_MS])
  }
  await w.sql(`UPDATE S.done SET msg_day = '${day}'`)
  await w.sql(`UPDATE S.todo SET day = '${day}'`)
  return name
}

async function partitions(w: World, table: string): Promise<string[]> {
  const rows = await w.sql<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname ~ $1 AND relnamespace = $2::regnamespace ORDER BY 1",
    [`^${table}_\\d{8}$`, w.schema],
  )
  return rows.map(({ name }) => name)
}

test('days ahead are there', async () => {
  await using w = await world()
  await w.store()
  const rows = await w.sql<{ name: string }>(
    "SELECT to_char((now() AT TIME ZONE 'UTC')::date + g, 'YYYYMMDD') AS name FROM generate_series(0, 3) g",
  )
  for (const table of ['msg', 'done'])
    expect(await partitions(w, table)).toEqual(expect.arrayContaining(rows.map(({ name }) => `${table}_${name}`)))
})

test('a day that is over is dropped as a whole, with its bodies', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'a'), message('2', 'b')])
  await drain(store, 2)
  const name = await ageAll(w, 10)
  await store.accept([message('3', 'c')])
  await drain(store, 1)
  expect(await store.purge(30 * DAY_MS, 1)).toBe(0)
  expect(await store.purge(5 * DAY_MS, 1)).toBe(2)
  expect([...(await partitions(w, 'msg')), ...(await partitions(w, 'done'))].join()).not.toContain(name)
  expect((await store.find({ limit: 9 })).items.map(({ id }) => id)).toEqual(['3'])
})

test('processes that drop the same days at the same time do not trip over each other', async () => {
  await using w = await world()
  const stores = [await w.store(), await w.store(), await w.store()]
  await stores[0]!.accept([message('1', 'a')])
  await drain(stores[0]!, 1)
  await ageAll(w, 10)
  const lock = await w.session()
  await lock.sql('BEGIN')
  await lock.sql('SELECT 1 FROM S.done')
  const purges = stores.map((store) => store.purge(5 * DAY_MS, 1))
  await w.waits('', 3)
  await lock.sql('COMMIT')
  expect((await Promise.all(purges)).sort()).toEqual([0, 0, 1])
})

test('a day with pending work stays until that is done', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'a'), message('2', 'b')])
  const two = await claims(store, 2)
  await store.settle([done(two.find(({ message }) => message.id === '1')!)])
  const name = await ageAll(w, 10)
  expect(await store.purge(5 * DAY_MS, 1)).toBe(1)
  expect(await partitions(w, 'msg')).toContain(`msg_${name}`)
  await store.settle([done(two.find(({ message }) => message.id === '2')!)])
  await store.purge(5 * DAY_MS, 1)
  expect(await partitions(w, 'msg')).not.toContain(`msg_${name}`)
})

test('a day with pending work stays although older work has been replayed today', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'a'), message('2', 'b')])
  const two = await claims(store, 2)
  const [one, other] = ['1', '2'].map((id) => two.find(({ message }) => message.id === id)!)
  await store.settle([
    { as: 'dead', lease: one!.lease, fault: FAULT, lane: 'release' },
    { as: 'wait', lease: other!.lease, afterMs: 3_600_000, why: 'closed' },
  ])
  await ageAll(w, 10)
  await store.move([{ work: one!.lease.id, to: 'ready', why: 'ops' }])
  await store.purge(5 * DAY_MS, 1)
  await w.sql('UPDATE S.wait SET due = 0')
  await store[Symbol.asyncDispose]()
  const next = await w.store()
  expect((await drain(next, 2)).toSorted()).toEqual(['1', '2'])
})

test('after days without a process, work of old is settled at once and new work is taken', async () => {
  await using w = await world()
  const before = await w.store()
  await before.accept([message('1', 'a')])
  await before[Symbol.asyncDispose]()
  await ageAll(w, 10)
  for (const table of ['msg', 'done'])
    for (const name of await partitions(w, table)) {
      const [{ n }] = (await w.sql<{ n: number }>(`SELECT count(*)::int AS n FROM S.${name}`)) as [{ n: number }]
      if (n === 0) await w.sql(`DROP TABLE S.${name}`)
    }
  const [store, other] = await Promise.all([w.store(), w.store()])
  expect(await drain(store, 1)).toEqual(['1'])
  await Promise.all([store.accept([message('2', 'b')]), other.accept([message('3', 'c')])])
  expect((await drain(store, 2)).toSorted()).toEqual(['2', '3'])
})
