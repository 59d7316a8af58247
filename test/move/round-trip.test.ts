import { expect, test } from 'vitest'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { fill, message } from './fill.ts'
import { counted, everything, type Place, run, scene } from './scene.ts'

async function looked(place: Place) {
  await using store = await place.store()
  return {
    works: await everything(store),
    status: await counted(store),
    documents: await store.read(['controls', 'leader']),
  }
}

test('SQLite to PostgreSQL to SQLite: every store says the same of every piece of work', async () => {
  await using at = await scene()
  const [first, there, back] = [at.sqlite('first.db'), at.postgres('moved'), at.sqlite('back.db')]
  {
    await using store = await first.store()
    await fill(store)
  }
  const before = await looked(first)
  expect(before.works.length).toBeGreaterThan(20)
  expect(new Set(before.works.map(({ state }) => state)).size).toBe(6)
  expect((await run(first, there)).tally).toMatchObject({ works: before.works.length })
  const beyond = await looked(there)
  expect(beyond.works).toEqual(before.works)
  expect(beyond.status).toEqual(before.status)
  expect(beyond.documents).toEqual(before.documents.filter(({ key }) => key === 'controls'))
  await run(there, back)
  const after = await looked(back)
  expect(after.works).toEqual(before.works)
  expect(after.status).toEqual(before.status)
  expect(after.documents).toEqual(beyond.documents)
})

test('PostgreSQL to SQLite to PostgreSQL', async () => {
  await using at = await scene()
  const [first, there, back] = [at.postgres('first'), at.sqlite('there.db'), at.postgres('back')]
  {
    await using store = await first.store()
    await fill(store)
  }
  const before = await looked(first)
  await run(first, there)
  const beyond = await looked(there)
  expect(beyond.works).toEqual(before.works)
  expect(beyond.status).toEqual(before.status)
  await run(there, back)
  expect((await looked(back)).works).toEqual(before.works)
})

test('PostgreSQL to PostgreSQL', async () => {
  await using at = await scene()
  const [first, there] = [at.postgres('first'), at.postgres('there')]
  {
    await using store = await first.store()
    await fill(store)
  }
  const before = await looked(first)
  await run(first, there)
  expect((await looked(there)).works).toEqual(before.works)
})

test.each(['SQLite', 'PostgreSQL'] as const)(
  'a repeat is recognised after a move from %s, a corrected one is new',
  async (kind) => {
    await using at = await scene()
    const [lite, big] = [at.sqlite('one.db'), at.postgres('one')]
    const [from, to] = kind === 'SQLite' ? [lite, big] : [big, lite]
    {
      await using store = await from.store()
      await fill(store)
    }
    await run(from, to)
    await using store = await to.store()
    const again = async (...args: Parameters<typeof message>): Promise<boolean> =>
      (await store.accept([message(...args)]))[0]!.duplicate
    expect(await again('many')).toBe(true)
    expect(await again('none')).toBe(true)
    expect(await again('nul \u0000 id', { source: 'bank' })).toBe(true)
    expect(await again('hold')).toBe(true)
    expect(await again('emitted')).toBe(true)
    expect(await again('other')).toBe(false)
    const fault = { code: 'CONTRACT_BROKEN', message: '', retryable: false, fingerprint: 'x' }
    expect(await again('bad', { quarantine: fault })).toBe(true)
    expect(await again('bad')).toBe(false)
    expect(await again('bad once')).toBe(false)
  },
)

test('as many messages are recognised as before, however far apart their ids are', async () => {
  await using at = await scene()
  const [from, to] = [at.postgres('one'), at.sqlite('one.db')]
  const ids = Array.from({ length: 40 }, (_, i) => `m${i}`)
  {
    await using store = await from.store()
    for (const id of ids) await store.accept([message(id)]) // each takes a block of ids
  }
  await run(from, to)
  await using store = sqlite(to.path, { logBytes: 0, dedupe: { messages: 40 } })
  await store.migrate()
  const again = await store.accept(ids.map((id) => message(id)))
  expect(again.filter(({ duplicate }) => !duplicate)).toEqual([])
})
