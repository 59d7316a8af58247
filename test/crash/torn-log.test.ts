import { copyFileSync, fdatasync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { folder, message } from './folder.ts'

interface Sync {
  /** The log as it was when the sync began: what the sync promises. */
  readonly log: Buffer
  readonly acknowledged: string[]
}

/** What a power cut may leave after the synced part: nothing, noise, or pieces of what was written later. */
function tails(synced: Buffer, later: Buffer): Buffer[] {
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 31 + length) % 251))
  const rest = later.subarray(synced.length)
  return [
    Buffer.alloc(0),
    noise(11),
    noise(4_120),
    noise(10_000),
    rest.subarray(0, 24),
    rest.subarray(0, 3_000),
    rest.subarray(0, 6_001),
  ]
}

test('what a sync acknowledged survives whatever becomes of the log behind it', async () => {
  using here = folder()
  const path = here.file('live.db')
  const syncs: Sync[] = []
  let finished: Sync | undefined
  const store = sqlite(path, {
    logBytes: 0,
    sync(file, done) {
      const sync: Sync = { log: readFileSync(`${path}-wal`), acknowledged: [] }
      syncs.push(sync)
      fdatasync(file, (error) => {
        finished = sync
        done(error)
      })
    },
  })
  await store.migrate()
  let next = 0
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      while (next < 60) {
        const id = `m${next++}`
        await store.accept([message(id, 1_500)])
        finished!.acknowledged.push(id)
      }
    }),
  )
  const later = readFileSync(`${path}-wal`)
  copyFileSync(path, here.file('base.db'))
  await store[Symbol.asyncDispose]()
  expect(syncs.length).toBeGreaterThan(5)
  expect(syncs.flatMap((sync) => sync.acknowledged)).toHaveLength(60)

  const promised: string[] = []
  for (const [i, sync] of syncs.entries()) {
    promised.push(...sync.acknowledged)
    for (const [j, tail] of tails(sync.log, later).entries()) {
      const copy = here.file(`copy-${i}-${j}.db`)
      copyFileSync(here.file('base.db'), copy)
      writeFileSync(`${copy}-wal`, Buffer.concat([sync.log, tail]))
      await using found = sqlite(copy, { logBytes: 0 })
      await found.migrate()
      const again = await found.accept(promised.map((id) => message(id)))
      expect(again.filter((one) => !one.duplicate)).toEqual([])
    }
  }
})

test('after a failed sync nothing is acknowledged any more, and the runtime is told', async () => {
  using here = folder()
  let fail = false
  const fatal: string[] = []
  const store = sqlite(here.file('a.db'), {
    logBytes: 0,
    sync: (file, done) => (fail ? setImmediate(done, new Error('EIO')) : fdatasync(file, done)),
    onFatal: (error) => fatal.push(error.code),
  })
  await store.migrate()
  await store.accept([message('a')])
  fail = true
  await expect(store.accept([message('b')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  fail = false
  await expect(store.accept([message('c')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(store.claim({ flows: ['f'], owner: 'o', limit: 1, leaseMs: 1_000 })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  })
  expect(fatal).toEqual(['STORE_UNAVAILABLE'])
  await store[Symbol.asyncDispose]()
})
