import { TielineError } from '../../../core/error.ts'
import type { Lease, NewMessage, Store, StoreTraits } from '../../../port/store.ts'
import { outboxOf } from '../../outbox/statements.ts'
import { storeError } from './failure.ts'
import { BLOCK } from './migrations.ts'
import { type Opened, open } from './opened.ts'
import { type PostgresOptions, settingsOf } from './options.ts'

export type { PostgresOptions } from './options.ts'

/** Largest batch of one call. */
const MAX_BATCH = 1_000

/**
 * The store of many workers: PostgreSQL 14 or newer. Needs the package `pg`. Processes that name the same database and schema share their work; each
 * keeps the order of its own keys in memory, and the tables decide who owns which.
 *
 * @throws {TielineError} CONFIG_INVALID when the address or an option makes no sense. Nothing is connected before `migrate`.
 */
export function postgres(url: string, options: PostgresOptions = {}): Store {
  const settings = settingsOf(url, options)
  const where = `PostgreSQL schema ${settings.schema}`
  let opening: Promise<Opened> | undefined
  let closed = false

  async function opened(): Promise<Opened> {
    if (!opening || closed) {
      throw new TielineError('STORE_UNAVAILABLE', `${where} is ${closed ? 'closed' : 'not open: call migrate() first'}`)
    }
    return opening
  }

  async function ask<T>(verb: (store: Opened) => Promise<T>): Promise<T> {
    const store = await opened()
    try {
      return await verb(store)
    } catch (thrown) {
      throw storeError(thrown, where)
    }
  }

  async function accept(messages: readonly NewMessage[]) {
    const store = await opened()
    if (messages.length > MAX_BATCH) {
      throw new TielineError(
        'REQUEST_INVALID',
        `accept: ${messages.length} messages in one batch, at most ${MAX_BATCH} are taken`,
      )
    }
    return messages.length === 0 ? [] : store.appends.accept(messages)
  }

  const traits: StoreTraits = Object.freeze({
    name: 'postgres',
    watch: true,
    writers: 'many',
    maxBatch: Math.min(MAX_BATCH, BLOCK),
    dedupe: Object.freeze({ messages: settings.dedupe }),
  })

  return Object.freeze({
    traits,
    async migrate() {
      if (closed) await opened()
      opening ??= open(settings).catch((thrown: unknown) => {
        opening = undefined
        throw thrown
      })
      await opening
    },
    accept,
    claim: (request) => ask((store) => store.claims.claim(request)),
    extend: (leases: readonly Lease[], forMs: number) => ask((store) => store.extend(leases, forMs)),
    append: (entries) => ask((store) => store.settles.append(entries)),
    settle: (outcomes) => ask((store) => store.settles.settle(outcomes)),
    history: (works) => ask((store) => store.desk.history(works)),
    find: (query) => ask((store) => store.desk.find(query)),
    move: (moves) => ask((store) => store.move(moves)),
    read: (keys) => ask((store) => store.documents.read(keys)),
    write: (changes) => ask((store) => (changes.length === 0 ? Promise.resolve([]) : store.documents.write(changes))),
    purge: (olderThanMs, limit) => ask((store) => store.purge.run(olderThanMs, limit)),
    status: () => ask((store) => store.desk.status()),
    watch: async (wake) => (await opened()).watch(wake),
    outbox: outboxOf(settings.schema, (text, values) => ask((store) => store.query(text, values))),
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      await (await opening?.catch(() => undefined))?.close()
    },
  } satisfies Store)
}
