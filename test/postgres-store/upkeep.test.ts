import { expect, test } from 'vitest'
import { Line } from '../../src/adapter/store/postgres/line.ts'
import { settingsOf } from '../../src/adapter/store/postgres/options.ts'
import { MERGE_TALLY } from '../../src/adapter/store/postgres/tally.ts'
import { Upkeep } from '../../src/adapter/store/postgres/upkeep.ts'
import { message, until, type World, world } from './world.ts'

async function upkeepOf(w: World, dedupe = 1_000_000) {
  const settings = settingsOf(w.url, { schema: w.schema, dedupe: { messages: dedupe } })
  const line = new Line(settings, 'upkeep', false)
  const warnings: string[] = []
  const generation = {
    n: 0,
    async read() {
      this.n = (await line.run('SELECT n FROM store.generation')).rows[0].n
    },
  }
  const upkeep = new Upkeep({ settings, line, generation, warn: (what) => warnings.push(what) })
  return { upkeep, warnings, generation, [Symbol.asyncDispose]: () => line.close() }
}

test('one process at a time does it: partitions that are missing are made once', async () => {
  await using w = await world()
  await w.store()
  const ahead = async (): Promise<unknown> =>
    (
      await w.sql(
        "SELECT to_regclass('S.msg_' || to_char((now() AT TIME ZONE 'UTC')::date + 3, 'YYYYMMDD')) IS NOT NULL AS there",
      )
    )[0]
  const [{ name }] = (await w.sql("SELECT to_char((now() AT TIME ZONE 'UTC')::date + 3, 'YYYYMMDD') AS name")) as [
    { name: string },
  ]
  await using one = await upkeepOf(w)
  await using other = await upkeepOf(w)
  await w.sql(`DROP TABLE S.msg_${name}`)
  await Promise.all([one.upkeep.run(), other.upkeep.run()])
  expect(await ahead()).toEqual({ there: true })
  await w.sql(`DROP TABLE S.msg_${name}`)
  await other.upkeep.run()
  expect(await ahead()).toEqual({ there: false })
  await w.sql("UPDATE S.doc SET expires = 0 WHERE key = 'tieline upkeep'")
  await other.upkeep.run()
  expect(await ahead()).toEqual({ there: true })
})

test('the generation of known messages changes when it has enough of them, and a duplicate is known for one more', async () => {
  await using w = await world()
  const store = await w.store()
  await using one = await upkeepOf(w, 3)
  const turn = async (): Promise<number> => {
    await w.sql("UPDATE S.doc SET expires = 0 WHERE key = 'tieline upkeep'")
    await one.upkeep.run()
    return one.generation.n
  }
  await store.accept([message('1', 'k'), message('2', 'k')])
  expect(await turn()).toBe(0)
  await store.accept([message('3', 'k')])
  expect(await turn()).toBe(1)
  expect((await store.accept([message('1', 'k')]))[0]!.duplicate).toBe(true)
  await store.accept([message('4', 'k'), message('5', 'k'), message('6', 'k')])
  expect(await turn()).toBe(2)
  expect((await store.accept([message('4', 'k')]))[0]!.duplicate).toBe(true)
  expect((await store.accept([message('1', 'k')]))[0]!.duplicate).toBe(false)
})

test('who holds an old snapshot is named once', async () => {
  await using w = await world()
  await w.store()
  await using one = await upkeepOf(w)
  const old = await w.session()
  await old.sql('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await old.sql('SELECT 1')
  await one.upkeep.run()
  expect(one.warnings).toEqual([])
  // A minute is a long time for a test: this schema stands before the catalogue, with a view in which that transaction is older.
  await w.sql('CREATE SCHEMA older')
  await w.sql(`CREATE VIEW older.pg_stat_activity AS SELECT pid, datname, application_name, backend_xmin,
    CASE WHEN pid = ${old.pid} THEN xact_start - interval '2 min' ELSE xact_start END AS xact_start FROM pg_catalog.pg_stat_activity`)
  const name = new URL(w.url).pathname.slice(1)
  await w.sql(`ALTER DATABASE ${name} SET search_path = older, pg_catalog, public`)
  await using later = await upkeepOf(w)
  for (let turn = 0; turn < 2; turn++) {
    await w.sql("UPDATE S.doc SET expires = 0 WHERE key = 'tieline upkeep'")
    await later.upkeep.run()
  }
  expect(later.warnings).toEqual([expect.stringMatching(new RegExp(`pid ${old.pid} `))])
})

test('counters are merged while others count: nobody waits in a circle, and the sums stay', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'k')])
  const [lock, merging] = [await w.session(), await w.session()]
  await lock.sql('BEGIN')
  await lock.sql('SELECT 1 FROM S.tally WHERE worker = 1 AND flow > 0 FOR UPDATE')
  const accepted = store.accept([message('2', 'k')])
  await w.waits('INSERT INTO S.mark_')
  const merged = merging.sql(MERGE_TALLY, [[1]])
  await w.waits('DELETE FROM S.tally')
  await lock.sql('COMMIT')
  await Promise.all([accepted, merged])
  expect(
    await w.sql('SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()'),
  ).toEqual([{ deadlocks: 0 }])
  await until('all is counted', async () => (await store.status()).accepted === 2)
})
