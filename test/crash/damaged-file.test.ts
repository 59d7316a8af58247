import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, expect, test } from 'vitest'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { folder, message } from './folder.ts'

let whole: Buffer

beforeAll(async () => {
  using here = folder()
  const store = sqlite(here.file('a.db'), { logBytes: 0 })
  await store.migrate()
  for (let n = 0; n < 200; n += 20)
    await store.accept(Array.from({ length: 20 }, (_, i) => message(`m${n + i}`, 1_500)))
  await store[Symbol.asyncDispose]()
  whole = readFileSync(here.file('a.db'))
})

const PAGE = 4_096

const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'another kind of file': () => Buffer.from('{"this": "is no database"}'.repeat(20)),
  'a few bytes only': (bytes) => bytes.subarray(0, 40),
  'a wrong first byte': (bytes) => bytes.fill(0x20, 0, 1),
  "another application's database": (bytes) => bytes.fill(0x11, 68, 72),
  'cut off inside a page': (bytes) => bytes.subarray(0, bytes.length - 1_000),
  'cut off between pages': (bytes) => bytes.subarray(0, Math.floor(bytes.length / PAGE / 2) * PAGE),
  'a page overwritten with noise': (bytes) => bytes.fill(0xa5, 10 * PAGE, 11 * PAGE),
  'a page overwritten with zeros': (bytes) => bytes.fill(0, 4 * PAGE, 5 * PAGE),
  'the schema overwritten': (bytes) => bytes.fill(0x7f, 100, 300),
}

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`${name}: refused, and the file is left as it is`, async () => {
    using here = folder()
    const path = here.file('a.db')
    const damaged = damage(Buffer.from(whole))
    writeFileSync(path, damaged)
    const store = sqlite(path, { logBytes: 0 })
    await expect(store.migrate()).rejects.toMatchObject({ code: 'STORE_CORRUPT', disposition: 'stop' })
    await store[Symbol.asyncDispose]()
    expect(readFileSync(path).equals(damaged)).toBe(true)
  })
}

test('a file of a newer version is refused and left as it is', async () => {
  using here = folder()
  const path = here.file('a.db')
  writeFileSync(path, whole)
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  const before = readFileSync(path)
  await expect(sqlite(path).migrate()).rejects.toMatchObject({ code: 'STORE_VERSION' })
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a whole file is opened', async () => {
  using here = folder()
  writeFileSync(here.file('a.db'), whole)
  await using store = sqlite(here.file('a.db'), { logBytes: 0 })
  await store.migrate()
  expect((await store.status()).pending).toBe(200)
})
