import { expect, test } from 'vitest'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import { MIGRATIONS } from '../../src/adapter/store/postgres/migrations.ts'
import { drain, message, world } from './world.ts'

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
