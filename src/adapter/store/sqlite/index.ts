import { TielineError } from '../../../core/error.ts'
import type { Accepted, Lease, NewMessage, Store, StoreTraits } from '../../../port/store.ts'
import { type Opened, open } from './opened.ts'
import { type SqliteOptions, settingsOf } from './options.ts'

export type { SqliteOptions } from './options.ts'

/** Largest batch of one call. */
const MAX_BATCH = 1_000
/** Rows that one commit of a purge drops: it must not hold up the accepts behind it. */
const PURGE_ROWS = 500

/**
 * The embedded store: one SQLite file, one process. `<path>-wal` and `-shm` belong to the file; `-lock` and `-inflight` beside it are made anew.
 *
 * @throws {TielineError} CONFIG_INVALID when an option makes no sense. The file is opened by `migrate`.
 */
export function sqlite(path: string, options: SqliteOptions = {}): Store {
  const settings = settingsOf(path, options)
  let state: Opened | undefined
  let closed = false
  let queuedMessages = 0
  let queuedBytes = 0

  function opened(): Opened {
    if (!state || closed) {
      throw new TielineError('STORE_UNAVAILABLE', `${path} is ${closed ? 'closed' : 'not open: call migrate() first'}`)
    }
    if (state.broken) throw state.broken
    return state
  }

  /** A verb that only reads, or only touches memory: at once, without a commit. */
  async function look<T>(read: (store: Opened) => T): Promise<T> {
    const store = opened()
    try {
      return read(store)
    } catch (thrown) {
      throw store.failed(thrown)
    }
  }

  async function accept(messages: readonly NewMessage[]): Promise<Accepted[]> {
    const store = opened()
    if (messages.length > MAX_BATCH) {
      throw new TielineError(
        'REQUEST_INVALID',
        `accept: ${messages.length} messages in one batch, at most ${MAX_BATCH} are taken`,
      )
    }
    let bytes = 0
    for (const message of messages) bytes += message.body.length
    if (queuedMessages + messages.length > settings.queueMessages || queuedBytes + bytes > settings.queueBytes) {
      throw new TielineError('STORE_BUSY', `${queuedMessages} messages wait for the disk`, { retryAfterMs: 1_000 })
    }
    queuedMessages += messages.length
    queuedBytes += bytes
    try {
      return await store.commits.run({
        weight: messages.length,
        until: 'disk',
        write: (at) => messages.map((message) => store.ledger.take(at, message)),
      })
    } finally {
      queuedMessages -= messages.length
      queuedBytes -= bytes
    }
  }

  async function purge(olderThanMs: number, limit: number): Promise<number> {
    let gone = 0
    for (let more = true; more && gone < limit; ) {
      const store = opened()
      const result = await store.commits.run(store.purge.job(olderThanMs, Math.min(PURGE_ROWS, limit - gone)))
      gone += result.gone
      more = result.more
    }
    return gone
  }

  const traits: StoreTraits = Object.freeze({
    name: 'sqlite',
    watch: true,
    writers: 'one',
    maxBatch: MAX_BATCH,
    dedupe: Object.freeze({ messages: settings.dedupe }),
  })

  return Object.freeze({
    traits,
    async migrate() {
      if (closed) opened()
      state ??= open(path, settings)
    },
    accept,
    claim: (request) =>
      look((store) => {
        const at = store.moment()
        store.expire(at)
        const claimed = store.claim(at, request)
        store.window.readOn()
        store.alarm.reset()
        return claimed
      }),
    extend: (leases: readonly Lease[], forMs: number) =>
      look((store) => {
        const at = store.moment()
        store.expire(at)
        return leases.filter((lease) => {
          const held = store.lanes.held(Number(lease.id), lease.owner, lease.token)
          if (held) store.lanes.extend(held, at.mono + forMs)
          return held !== undefined
        })
      }),
    append: async (entries) => opened().commits.run(opened().append(entries)),
    settle: async (outcomes) => opened().commits.run(opened().settle(outcomes)),
    history: (works) => look((store) => store.desk.history(works)),
    find: (query) => look((store) => store.desk.find(query)),
    move: async (moves) => opened().commits.run(opened().move(moves)),
    read: (keys) => look((store) => store.documents.read(store.moment().now, keys)),
    write: async (changes) => opened().commits.run(opened().documents.write(changes)),
    purge,
    status: () =>
      look((store) => {
        const at = store.moment()
        store.expire(at)
        return store.desk.status(at.now)
      }),
    watch: async (wake) => opened().alarm.watch(wake),
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      await state?.close()
    },
  } satisfies Store)
}
