import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/adapter/clock/system.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { type Documents, privateDocuments } from '../../src/adapter/token/private-documents.ts'
import { emptyRecord } from '../../src/adapter/token/record.ts'
import { sealOf } from '../../src/adapter/token/seal.ts'
import { shelfOf } from '../../src/adapter/token/shelf.ts'

const seal = sealOf([new Uint8Array(32)])

it.each<[string, () => Promise<Documents & Partial<AsyncDisposable>>]>([
  ['memory', async () => memory()],
  ['one process', async () => privateDocuments(systemClock)],
  [
    'SQLite',
    async () => {
      const store = sqlite(join(mkdtempSync(join(tmpdir(), 'tieline-token-')), 'a.db'))
      await store.migrate()
      return store
    },
  ],
])(
  '%s: one has the turn; one that slept through it cannot give back another’s, nor overwrite what it stored',
  async (_, open) => {
    const documents = await open()
    const shelf = shelfOf('crm', documents, seal)
    expect(await shelf.read()).toEqual({ record: undefined, version: 0, turn: undefined })
    expect(await shelf.take('w1', 60_000)).toBe(true)
    expect(await shelf.take('w2', 60_000)).toBe(false)
    const asleep = await shelf.read()
    expect(asleep.turn).toMatchObject({ holder: 'w1' })
    await shelf.release(asleep)
    expect((await shelf.read()).turn).toBeUndefined()

    expect(await shelf.take('w2', 60_000)).toBe(true)
    const record = { ...emptyRecord(), refresh: 'second' }
    expect(await shelf.keep(record, await shelf.read())).toBe('ok')
    expect(await shelf.take('w3', 60_000)).toBe(true)
    await shelf.release(asleep)
    expect(await shelf.keep({ ...record, refresh: 'first' }, asleep)).toBe('stale')
    expect(await shelf.read()).toMatchObject({ record: { refresh: 'second' }, turn: { holder: 'w3' } })

    const pause = { untilMs: 0, pausedMs: 60_000, failures: 1, why: 'down' }
    await shelf.pause(await shelf.read(), pause)
    expect(await shelf.take('w1', 60_000)).toBe(false)
    expect((await shelf.read()).turn).toMatchObject(pause)
    await documents[Symbol.asyncDispose]?.()
  },
)

it('what belongs to another credential, or is sealed with another key, is not read', async () => {
  const documents = memory()
  const first = shelfOf('a', documents, seal)
  await first.keep(emptyRecord(), await first.read())
  const [stored] = await documents.read(['token:a'])
  await documents.write([{ key: 'token:b', expected: 0, body: stored?.body ?? '' }])
  const wrong = expect.objectContaining({ code: 'CONFIG_INVALID', disposition: 'retry' })
  await expect(shelfOf('b', documents, seal).read()).rejects.toEqual(wrong)
  await expect(shelfOf('a', documents, sealOf([new Uint8Array(32).fill(1)])).read()).rejects.toEqual(wrong)
})
