import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { postgresArchive } from '../../src/adapter/store/postgres/archive/index.ts'
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import { sqliteArchive } from '../../src/adapter/store/sqlite/archive/index.ts'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { type Moved, move } from '../../src/engine/move/move.ts'
import type { Archive } from '../../src/port/archive.ts'
import type { History, Store } from '../../src/port/store.ts'
import { type TestDatabase, testDatabase } from '../server/postgres/database.ts'

/** One store, wherever it is: to run, or to move. */
export interface Place {
  readonly url: string
  readonly schema?: string
  /** Opened, and closed at the end of the block. */
  store(): Promise<Store>
  archive(role: 'source' | 'target'): Promise<Archive>
}

export interface Scene extends AsyncDisposable {
  sqlite(name: string): Place & { readonly path: string }
  postgres(schema: string): Place
  query(sql: string): Promise<readonly Record<string, unknown>[]>
}

/** A folder and a database of its own. */
export async function scene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-move-'))
  const database: TestDatabase = await testDatabase()
  const opened = async (store: Store): Promise<Store> => {
    await store.migrate()
    return store
  }
  return {
    sqlite(name) {
      const path = join(folder, name)
      return {
        path,
        url: `sqlite:${path}`,
        store: () => opened(sqlite(path, { logBytes: 0 })),
        archive: async (role) => sqliteArchive(path, role),
      }
    },
    postgres: (schema) => ({
      url: database.url,
      schema,
      store: () => opened(postgres(database.url, { schema })),
      archive: (role) => postgresArchive(database.url, schema, role),
    }),
    async query(sql) {
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      try {
        return (await client.query(sql)).rows
      } finally {
        await client.end()
      }
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function run(from: Place, to: Place, keep = false): Promise<Moved> {
  await using source = await from.archive('source')
  await using target = await to.archive('target')
  return await move({ from: source, to: target, hash: () => createHash('sha256'), keep, progress: () => {} })
}

/** All that a store says of its work, through its own verbs, oldest first. */
export async function everything(store: Store): Promise<readonly History[]> {
  const works: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.find({ limit: 500, ...(after === undefined ? {} : { after }) })
    works.push(...page.items.map(({ work }) => work))
    if (page.next === undefined) break
    after = page.next
  }
  works.sort((a, b) => Number(a) - Number(b))
  const found = await store.history(works)
  return found.map((one) => ({ ...one, ...(one.body ? { body: Uint8Array.from(one.body) } : {}) }))
}

/** What is counted of a store, without what passes with time. */
export async function counted(store: Store) {
  const { oldestMs: _, leased: __, ...rest } = await store.status()
  return { ...rest, flows: [...rest.flows].sort((a, b) => (a.flow < b.flow ? -1 : 1)) }
}
