import pg from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import type { Store } from '../../src/port/store.ts'
import { type StoreSuiteOptions, storeSuite } from '../../src/testing/store-suite/index.ts'
import { type TestDatabase, testDatabase } from '../server/postgres/database.ts'

let database: TestDatabase
let schemas = 0

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

function onServer(window?: { flow: number; lane: number }): StoreSuiteOptions {
  return {
    open: async () => {
      const schema = `law_${process.pid}_${schemas++}`
      const opened = async (): Promise<Store> => {
        const store = postgres(database.url, { schema, ...(window ? { window } : {}) })
        await store.migrate()
        return store
      }
      let store = await opened()
      return {
        store,
        async reopen(): Promise<Store> {
          await store[Symbol.asyncDispose]()
          store = await opened()
          return store
        },
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]()
          const client = new pg.Client(database.url)
          await client.connect()
          await client.query(`DROP SCHEMA ${schema} CASCADE`)
          await client.end()
        },
      }
    },
  }
}

/** A claim takes what is at hand, and a window of three holds one message of each tenant until it is read on. */
const NARROW = {
  'fairness: turns are as the weights': 'a turn is longer than the window',
  'fairness: live work goes before what is replayed, and replays are not starved': 'a turn is longer than the window',
  'fairness: a small weight is a turn now and then': 'a turn is longer than the window',
}

for (const [name, options] of Object.entries({
  postgres: onServer(),
  'postgres, tiny windows': { ...onServer({ flow: 3, lane: 2 }), skip: NARROW },
})) {
  describe(name, () => {
    for (const law of storeSuite(options)) {
      test(law.name, (context) => (law.skip === undefined ? law.run() : context.skip(law.skip)))
    }
  })
}
