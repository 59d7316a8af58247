import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import type { Store } from '../../src/port/store.ts'
import { type StoreSuiteOptions, storeSuite } from '../../src/testing/store-suite/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

/** Windows so small that every law reads on from the log. */
const TINY = { flow: 3, lane: 2 }

function inMemory(window?: typeof TINY): StoreSuiteOptions {
  return {
    reopen: false,
    open: async () => {
      const clock = virtualClock()
      const store = memory(window ? { clock, window } : { clock })
      return { store, advance: clock.advance, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
    },
  }
}

/** As a store that has no clock of ours is proved. */
const inRealTime: StoreSuiteOptions = {
  reopen: false,
  open: async () => {
    const store = memory()
    return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
  },
}

function onDisk(window?: typeof TINY): StoreSuiteOptions {
  return {
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tieline-law-'))
      const clock = virtualClock()
      const opened = async (): Promise<Store> => {
        const store = sqlite(join(folder, 'tieline.db'), { clock, logBytes: 0, ...(window ? { window } : {}) })
        await store.migrate()
        return store
      }
      let store = await opened()
      async function reopen(): Promise<Store> {
        await store[Symbol.asyncDispose]()
        store = await opened()
        return store
      }
      return {
        store,
        advance: clock.advance,
        reopen,
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]()
          await rm(folder, { recursive: true })
        },
      }
    },
  }
}

const STORES: Readonly<Record<string, StoreSuiteOptions>> = {
  memory: inMemory(),
  'memory, tiny windows': inMemory(TINY),
  'memory, in real time': inRealTime,
  sqlite: onDisk(),
  'sqlite, tiny windows': onDisk(TINY),
}

for (const [name, options] of Object.entries(STORES)) {
  describe(name, () => {
    for (const law of storeSuite(options)) {
      test(law.name, (context) => (law.skip === undefined ? law.run() : context.skip(law.skip)))
    }
  })
}
