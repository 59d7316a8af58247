import { statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { command } from './child.ts'
import { message } from './fill.ts'
import { type Place, run, scene } from './scene.ts'

/** Sessions that wait for the lock of a schema. */
const WAITING = `SELECT count(*) AS waiting FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`

async function accept(place: Place, ...ids: readonly string[]): Promise<void> {
  await using store = await place.store()
  await store.accept(ids.map((id) => message(id)))
}

test('a running source and a running target are refused, and named', async () => {
  await using at = await scene()
  const [lite, big] = [at.sqlite('one.db'), at.postgres('one')]
  await accept(lite, 'a')
  {
    await using _running = await lite.store()
    await expect(run(lite, big)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(`process ${process.pid} on`),
    })
  }
  {
    await using _running = await big.store()
    await expect(run(lite, big)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(`-${process.pid} (for `),
    })
  }
  expect((await run(lite, big)).works).toBe(1)
})

test('a runtime does not start while a move holds its schema', async () => {
  await using at = await scene()
  const [lite, big] = [at.sqlite('one.db'), at.postgres('one')]
  await accept(lite, 'a')
  await using source = await lite.archive('source')
  expect(await source.total()).toBe(1)
  await expect(lite.store()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  let held = true
  await using target = await big.archive('target')
  const started = big.store().then((store) => {
    expect(held, 'started beside the move').toBe(false)
    return store
  })
  const waiting = async () => (await at.query(WAITING))[0]!['waiting']
  await expect.poll(waiting, { timeout: 5_000 }).toBe('1')
  expect(await target.content()).toBeUndefined()
  held = false
  await target[Symbol.asyncDispose]()
  await using store = await started
  expect((await store.status()).pending).toBe(0)
})

test('a target with other work is refused and left alone', async () => {
  await using at = await scene()
  const [lite, other, big] = [at.sqlite('one.db'), at.sqlite('other.db'), at.postgres('one')]
  await accept(lite, 'a')
  await accept(big, 'mine')
  await accept(other, 'theirs')
  await expect(run(lite, big)).rejects.toMatchObject({
    code: 'MOVE_REFUSED',
    message: expect.stringContaining('holds 1 pieces of work'),
  })
  await expect(run(big, lite)).rejects.toMatchObject({ code: 'MOVE_REFUSED' })
  await expect(run(other, lite)).rejects.toMatchObject({ code: 'MOVE_REFUSED' })
  await using store = await big.store()
  expect((await store.status()).pending).toBe(1)
})

test('a target that another store began to fill is refused, and so is one whose source has run since', async () => {
  await using at = await scene()
  const [lite, other, big] = [at.sqlite('one.db'), at.sqlite('other.db'), at.postgres('one')]
  await accept(lite, 'a')
  await accept(other, 'a')
  {
    await using source = await lite.archive('source')
    await using target = await big.archive('target')
    const from = await source.fingerprint()
    const { messages } = await source.read(0)
    await target.write(messages, { as: 'moving', from, name: source.name, after: 1, works: 1, filled: false })
  }
  await expect(run(other, big)).rejects.toThrow(/was begun from SQLite store .*one\.db/)
  await expect(run(big, at.sqlite('new.db'))).rejects.toThrow(/is itself being filled/)
  await accept(lite, 'b')
  await expect(run(lite, big)).rejects.toThrow(/has run since/)
})

test('a source that has moved is not started and not moved elsewhere; with --keep it is', async () => {
  await using at = await scene()
  const [lite, big, back] = [at.sqlite('one.db'), at.postgres('one'), at.postgres('two')]
  await accept(lite, 'a')
  await run(lite, big, true)
  await accept(lite, 'b')
  await run(lite, back)
  await expect(lite.store()).rejects.toMatchObject({
    code: 'STORE_MOVED',
    message: expect.stringContaining('PostgreSQL schema two'),
  })
  await expect(run(lite, at.postgres('three'))).rejects.toThrow(/has moved to PostgreSQL schema two/)
  expect(await run(lite, back)).toEqual({ before: true, works: 2 })
  await run(big, at.sqlite('three.db'))
  await expect(big.store()).rejects.toMatchObject({ code: 'STORE_MOVED' })
})

test('what waits in the outbox is not left behind', async () => {
  await using at = await scene()
  const big = at.postgres('one')
  await accept(big, 'a')
  await at.query("SELECT one.publish('shop', 'order.placed', '{}'::text)")
  await expect(run(big, at.sqlite('one.db'))).rejects.toThrow(/has 1 messages in its outbox/)
})

test('a difference is an error that names it, and neither store is released', async () => {
  await using at = await scene()
  const [lite, big] = [at.sqlite('one.db'), at.postgres('one')]
  await accept(lite, 'a', 'b', 'c')
  {
    await using source = await lite.archive('source')
    await using target = await big.archive('target')
    const mark = {
      as: 'moving',
      from: await source.fingerprint(),
      name: source.name,
      after: 3,
      works: 3,
      filled: true,
    } as const
    const { messages } = await source.read(0)
    await target.write(
      messages.map((one) => (one.first === 2 ? { ...one, body: Buffer.from('changed') } : one)),
      mark,
    )
    await target.finish(await source.documents(), await source.counters(), mark)
  }
  const { code, stderr } = await command(lite, big)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^MOVE_DIFFERS: .*message 2, body: the bytes differ/)
  await expect(big.store()).rejects.toMatchObject({ code: 'STORE_MOVED' })
  await using store = await lite.store()
  expect((await store.status()).pending).toBe(3)
})

test('addresses that name no store', async () => {
  await using at = await scene()
  const lite = at.sqlite('one.db')
  const missing = { ...lite, url: `${lite.url}.none` }
  expect(await command(missing, at.postgres('one'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NOT_FOUND'),
  })
  await accept(lite, 'a')
  expect(await command(at.postgres('one'), at.sqlite('two.db'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no Tieline store in PostgreSQL schema one'),
  })
  const memory = { ...lite, url: 'memory:secret' }
  const { code, stderr } = await command(lite, memory)
  expect(code).toBe(2)
  expect(stderr).toMatch(/--to "memory:": use sqlite:PATH/)
  expect(stderr).not.toContain('secret')
  writeFileSync(
    `${lite.path}.txt`,
    'not a database, but a long enough text to have a header of a hundred bytes, or even a few more',
  )
  const foreign = { ...lite, url: `${lite.url}.txt` }
  expect((await command(lite, foreign)).stderr).toMatch(/^STORE_CORRUPT/)
  expect(statSync(`${lite.path}.txt`).size).toBeLessThan(200)
})
