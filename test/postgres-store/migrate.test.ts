import { expect, test } from 'vitest'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import { MIGRATIONS } from '../../src/adapter/store/postgres/migrations.ts'
import { laneId } from '../../src/engine/lanes/lane-id.ts'
import { drain, FLOW, message, world } from './world.ts'

test('processes that come to an empty database at once make one set of tables', async () => {
  await using w = await world()
  const stores = await Promise.all([w.store(), w.store(), w.store()])
  expect(await w.sql('SELECT version FROM S.meta')).toEqual([{ version: MIGRATIONS.length }])
  await Promise.all(stores.map((store, i) => store.accept([message(`${i}`, 'k')])))
  expect((await drain(stores[0]!, 3)).toSorted()).toEqual(['0', '1', '2'])
})

test('tables of a newer version are left alone', async () => {
  await using w = await world()
  await (await w.store())[Symbol.asyncDispose]()
  await w.sql('UPDATE S.meta SET version = 99')
  await expect(w.store()).rejects.toMatchObject({
    code: 'STORE_VERSION',
    message: expect.stringContaining('version 99'),
  })
  expect(await w.sql('SELECT version FROM S.meta')).toEqual([{ version: 99 }])
})

test('a second application is refused, and told of the first', async () => {
  await using w = await world()
  await w.store({ application: 'shop' })
  await expect(w.store({ application: 'bank' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/"shop".*"bank".*own schema/),
  })
  await using again = postgres(w.url, { schema: w.schema, application: 'shop' })
  await again.migrate()
})

/** What the version before tenants says when it stores one message; such processes may still be running. */
const OLD_APPEND = `WITH b AS (SELECT nextval('S.work_id') AS id),
  m AS (INSERT INTO S.msg(id, day, works, at, source, head, utf8, body) SELECT b.id, (now() AT TIME ZONE 'UTC')::date, 1, 5, n.id, $1, true, '{}'
    FROM b, S.name n WHERE n.name = '"shop"')
  INSERT INTO S.todo(id, msg, lane, day, flow, shard) SELECT b.id, b.id, $2::bigint, (now() AT TIME ZONE 'UTC')::date, n.id, $2::bigint % 64
    FROM b, S.name n WHERE n.name = '"${FLOW}"'`

test('tables of the version before tenants are taken over while its processes go on', async () => {
  await using w = await world()
  const old = (id: string) => w.sql(OLD_APPEND, [JSON.stringify([id, 't', {}, [[FLOW, 'k', id]]]), laneId(FLOW, 'k')])
  await w.sql('CREATE SCHEMA store')
  for (const step of MIGRATIONS.slice(0, 2)) await w.sql(step)
  await w.sql('CREATE TABLE S.meta(one boolean PRIMARY KEY CHECK (one), version int NOT NULL, application text)')
  await w.sql('INSERT INTO S.meta VALUES (true, 2, NULL)')
  await w.sql(`INSERT INTO S.name(name) VALUES ('"shop"'), ('"${FLOW}"')`)
  await old('before')

  const store = await w.store()
  expect(await w.sql('SELECT version FROM S.meta')).toEqual([{ version: MIGRATIONS.length }])
  await old('meanwhile')
  await store.accept([
    message('new', 'k', { deliveries: [{ flow: FLOW, key: 'k', effect: 'e', tenant: 'acme' }] }),
    message('last', 'k'),
  ])
  expect(await w.sql("SELECT 1 FROM S.fresh('{}', '{}', 0, false, 1)")).toHaveLength(1)
  const order = await drain(store, 4)
  expect(order.filter((id) => id !== 'new')).toEqual(['before', 'meanwhile', 'last'])
  expect(order).toContain('new')
})
