import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import type { Store } from '../../src/port/store.ts'
import { type Folder, folder, message } from './folder.ts'

/** Accepts until the store says that it is full; answers what it acknowledged. */
async function fill(store: Store): Promise<string[]> {
  const acknowledged: string[] = []
  for (let n = 0; n < 20_000; n += 4) {
    const batch = Array.from({ length: 4 }, (_, i) => message(`m${n + i}`, 2_000))
    try {
      await store.accept(batch)
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORE_FULL', disposition: 'retry' })
      return acknowledged
    }
    acknowledged.push(...batch.map((one) => one.id))
  }
  throw new Error('the disk did not fill')
}

async function allThere(store: Store, acknowledged: readonly string[]): Promise<void> {
  for (let at = 0; at < acknowledged.length; at += 500) {
    const again = await store.accept(acknowledged.slice(at, at + 500).map((id) => message(id)))
    expect(again.filter((one) => !one.duplicate)).toEqual([])
  }
  expect((await store.status()).accepted).toBe(acknowledged.length)
}

test('a full database stops accepting, loses nothing, and goes on where there is room', async () => {
  using here = folder()
  const path = here.file('tieline.db')
  const small = sqlite(path, { logBytes: 0, maxBytes: 1 << 20 })
  await small.migrate()
  const acknowledged = await fill(small)
  expect(acknowledged.length).toBeGreaterThan(100)
  await expect(small.accept([message('more', 9_000)])).rejects.toMatchObject({ code: 'STORE_FULL' })
  expect((await small.status()).accepted).toBe(acknowledged.length)
  const [work] = await small.claim({ flows: ['f'], owner: 'o', limit: 1, leaseMs: 60_000 })
  expect(work?.message.id).toBe('m0')
  await small[Symbol.asyncDispose]()
  await using large = sqlite(path, { logBytes: 0 })
  await large.migrate()
  await allThere(large, acknowledged)
  expect(await large.accept([message('more')])).toEqual([{ id: 'more', duplicate: false }])
})

interface SmallDisk extends Disposable {
  readonly folder: Folder
}

/** A file system of a few megabytes; needs root on Linux. */
function smallDisk(): SmallDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const here = folder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', here.path], { stdio: 'ignore' })
  } catch {
    here[Symbol.dispose]()
    return undefined
  }
  return {
    folder: here,
    [Symbol.dispose]() {
      execFileSync('umount', [here.path])
      here[Symbol.dispose]()
    },
  }
}

test('a full disk stops accepting, and accepting resumes by itself when space returns', async (context) => {
  using disk = smallDisk()
  if (!disk) return context.skip('mounting a small disk needs root on Linux')
  const { folder: here } = disk
  writeFileSync(here.file('ballast'), Buffer.alloc(3 << 20))
  await using store = sqlite(here.file('tieline.db'), { logBytes: 0 })
  await store.migrate()
  const acknowledged = await fill(store)
  expect(acknowledged.length).toBeGreaterThan(100)
  rmSync(here.file('ballast'))
  expect(await store.accept([message('more')])).toEqual([{ id: 'more', duplicate: false }])
  await allThere(store, [...acknowledged, 'more'])
})
