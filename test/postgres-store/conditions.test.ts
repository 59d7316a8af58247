import { expect, test } from 'vitest'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import type { PostgresOptions } from '../../src/adapter/store/postgres/options.ts'
import { freePort } from '../server/port.ts'
import { claim, done, drain, message, until, type World, world } from './world.ts'

/** Why a store does not open. The address, and what is secret in it, must not be part of it. */
async function refusal(address: string, options: PostgresOptions = {}): Promise<{ code: string; message: string }> {
  await using store = postgres(address, options)
  const error = await store.migrate().then(
    () => undefined,
    (thrown: Error & { code: string }) => thrown,
  )
  if (error === undefined) throw new Error('it opened')
  expect(`${error.message} ${error.cause}`).not.toContain('hunter2')
  return { code: error.code, message: error.message }
}

/** A user of its own, as a careful administrator makes one. */
async function user(w: World, name: string): Promise<string> {
  const role = `${new URL(w.url).pathname.slice(1)}_${name}`
  await w.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`)
  const address = new URL(w.url)
  address.username = role
  address.password = 'hunter2'
  return address.href
}

async function dropUser(w: World, address: string): Promise<void> {
  const role = new URL(address).username
  await w.sql(`DROP OWNED BY ${role} CASCADE`)
  await w.sql(`DROP ROLE ${role}`)
}

function changed(address: string, change: (url: URL) => void): string {
  const url = new URL(address)
  change(url)
  return url.href
}

test('nobody listens: unavailable, and it says where', async () => {
  const port = await freePort()
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await refusal(`postgres://me:hunter2@${host}:${port}/app`)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(`ECONNREFUSED.*${port}`),
    })
})

test('a database that is not there is a mistake of the configuration', async () => {
  await using w = await world()
  expect(await refusal(changed(w.url, (url) => (url.pathname = '/no_such_database')))).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/no_such_database.*database of the address/),
  })
})

test('a user without rights is told what to give it; in a schema made for it it works', async () => {
  await using w = await world()
  const address = await user(w, 'plain')
  const role = new URL(address).username
  try {
    await w.sql('CREATE SCHEMA foreign_one')
    for (const schema of ['store', 'foreign_one'])
      expect(await refusal(address, { schema })).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/permission denied.*CREATE on the database, or create the schema/),
      })
    await w.sql(`CREATE SCHEMA store AUTHORIZATION ${role}`)
    await using store = await w.store({}, address)
    await store.accept([message('1', 'k')])
    expect(await drain(store, 1)).toEqual(['1'])
    expect(await store.purge(0, 10)).toBeGreaterThan(0)
  } finally {
    await w.sql('DROP SCHEMA IF EXISTS store CASCADE')
    await dropUser(w, address)
  }
})

test('a database that only lets read says so, and is taken up again when it lets write', async () => {
  await using w = await world()
  const name = new URL(w.url).pathname.slice(1)
  const store = await w.store()
  await store.accept([message('1', 'k')])
  await w.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  expect(await refusal(w.url)).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('read-only'),
  })
  // A standby that was promoted, a switch that was turned: the connections of before must not stay on the wrong side for ever.
  await w.terminate(1)
  await until('it is refused', async () =>
    store.accept([message('2', 'k')]).then(
      () => false,
      (error: Error) => error.message.includes('read-only'),
    ),
  )
  await w.sql('SET default_transaction_read_only = off')
  await w.sql(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
  await until('it is taken', async () =>
    store.accept([message('2', 'k')]).then(
      () => true,
      () => false,
    ),
  )
  // A connection that only reads is noticed by its first refusal.
  await until('it is handed out', async () =>
    claim(store).then(
      async (claimed) => (await store.settle(claimed.map(done))).length > 0,
      () => false,
    ),
  )
  await until('both are delivered', async () => {
    await store.settle((await claim(store)).map(done))
    return (await store.status()).delivered === 2
  })
})

test('tables that are gone: refused with a reason, and no loop that eats the machine', async () => {
  await using w = await world()
  const store = await w.store()
  await claim(store)
  await w.sql(`DROP SCHEMA ${w.schema} CASCADE`)
  for (const ask of [() => store.accept([message('1', 'k')]), () => store.status(), () => store.purge(0, 1)])
    await expect(ask()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/does not exist/),
    })
  const cpu = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const { user, system } = process.cpuUsage(cpu)
  expect((user + system) / 1_000).toBeLessThan(700)
})

test('no space left: full, with the advice to come again', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'k')])
  await w.sql(`CREATE FUNCTION S.full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`)
  await w.sql('CREATE TRIGGER full_disk BEFORE INSERT ON S.todo EXECUTE FUNCTION S.full()')
  await expect(store.accept([message('2', 'k')])).rejects.toMatchObject({ code: 'STORE_FULL', retryAfterMs: 5_000 })
  expect((await store.status()).accepted).toBe(1)
  await w.sql('DROP TRIGGER full_disk ON S.todo')
  expect(await store.accept([message('2', 'k')])).toEqual([{ id: '2', duplicate: false }])
  expect(await drain(store, 2)).toEqual(['1', '2'])
})
