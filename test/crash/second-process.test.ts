import { expect, test } from 'vitest'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { startStore } from './child.ts'
import { folder, message } from './folder.ts'

test('a second process is refused by name, and let in once the first is killed', async () => {
  using here = folder()
  const path = here.file('tieline.db')
  await using first = startStore(path, 'hold')
  await first.said('ready')
  await using second = startStore(path, 'hold')
  await second.said('refused STORE_LOCKED')
  expect(second.lines[0]).toMatch(/tieline\.db is in use by process \d+ on /)
  await expect(sqlite(path).migrate()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await first.kill()
  await using store = sqlite(path, { logBytes: 0 })
  await store.migrate()
  expect(await store.accept([message('a')])).toEqual([{ id: 'a', duplicate: false }])
})

test('two stores on one file in one process exclude each other too', async () => {
  using here = folder()
  const path = here.file('tieline.db')
  const first = sqlite(path, { logBytes: 0 })
  await first.migrate()
  await first.migrate()
  await expect(sqlite(path).migrate()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await expect(sqlite(path).migrate()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await using third = startStore(path, 'hold')
  await third.said('refused STORE_LOCKED')
  expect(await first.accept([message('a')])).toEqual([{ id: 'a', duplicate: false }])
  await first[Symbol.asyncDispose]()
})
