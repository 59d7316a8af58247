import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TielineError } from '../../../core/error.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import { isCorruption, isDiskFailure, storeError } from './failure.ts'

/** One call's share of a group commit. */
export interface Job<T> {
  /** Messages or items, for the size of a group. */
  readonly weight: number
  /** `disk`: resolves after the sync that covers it. `commit`: at COMMIT; a power cut may undo it, a crash of the process may not. */
  readonly until: 'disk' | 'commit'
  /** Wants a sync soon though nobody waits for it. */
  readonly sync?: boolean
  /** Statements. What throws undoes everything. */
  write(at: Moment): T
  /** After COMMIT: memory learns. */
  kept?(at: Moment): void
  /** After a failure: memory forgets. */
  lost?(): void
}

interface Waiting {
  readonly job: Job<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  result?: unknown
}

export interface CommitsOptions {
  readonly db: DatabaseSync
  readonly path: string
  readonly moment: () => Moment
  /** Syncs the write-ahead log. */
  readonly sync: (done: (error: Error | null) => void) => void
  /** Before the first and after the last statement of a transaction, after COMMIT, after a failure. */
  readonly open: (at: Moment) => void
  readonly close: () => void
  readonly kept: () => void
  readonly lost: () => void
  /** The store can no longer be trusted with anything. */
  readonly fatal: (error: TielineError) => void
}

const MAX_WEIGHT = 1_000
/** A commit costs as much as dozens of settles; fewer than so many wait for the end of the sync, a millisecond or so. */
const SETTLES_AT_ONCE = 64
/** A commit that nobody waits for is on disk this much later. ms */
const LAZY_SYNC_MS = 100

/**
 * Group commit on one thread. What arrives in one turn of the event loop shares a transaction; while the disk syncs, the next group
 * forms by itself. COMMIT under `synchronous=NORMAL` writes the log to the page cache; one sync afterwards covers every commit
 * written before it began, and nobody is told "on disk" before it returns.
 */
export class Commits {
  readonly #options: CommitsOptions
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  #queue: Waiting[] = []
  /** Written, not yet synced. */
  #written: Waiting[] = []
  /** Jobs in the queue that end with a sync. */
  #durable = 0
  #scheduled = false
  #syncing = false
  #unsynced = false
  /** A sync was asked for while one was under way. */
  #again = false
  #closed = true
  #quiet: (() => void) | undefined
  #lazy: NodeJS.Timeout | undefined
  #broken: TielineError | undefined

  constructor(options: CommitsOptions) {
    this.#options = options
    this.#begin = options.db.prepare('BEGIN IMMEDIATE')
    this.#commit = options.db.prepare('COMMIT')
    this.#rollback = options.db.prepare('ROLLBACK')
  }

  get broken(): TielineError | undefined {
    return this.#broken
  }

  run<T>(job: Job<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      this.#queue.push({ job, resolve: resolve as (value: unknown) => void, reject })
      if (job.until === 'disk') this.#durable++
      this.#schedule()
    })
  }

  /** Begins to write; what was queued before goes first. */
  start(): void {
    this.#closed = false
    this.#schedule()
  }

  /** Calls back once nothing is being written or synced; nothing is, until `start`. */
  pause(quiet: () => void): void {
    this.#closed = true
    this.#quiet = quiet
    this.#calm()
  }

  #calm(): void {
    if (!this.#quiet || this.#syncing || this.#written.length > 0) return
    const quiet = this.#quiet
    this.#quiet = undefined
    quiet()
  }

  /** Everything fails from here on. */
  break(error: TielineError): void {
    if (this.#broken) return
    this.#broken = error
    clearTimeout(this.#lazy)
    for (const { reject } of [...this.#written.splice(0), ...this.#queue.splice(0)]) reject(error)
    this.#options.fatal(error)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#closed || this.#broken || this.#queue.length === 0) return
    // While the disk works the next group forms by itself. Settles wait for no sync of theirs: many of them do not wait for this one either.
    if (this.#syncing && (this.#durable > 0 || this.#queue.length < SETTLES_AT_ONCE)) return
    const group = this.#take()
    if (this.#write(group)) this.#sync()
    if (this.#queue.length > 0) this.#schedule()
  }

  #take(): Waiting[] {
    let weight = 0
    let count = 0
    while (count < this.#queue.length && (count === 0 || weight + this.#queue[count]!.job.weight <= MAX_WEIGHT)) {
      weight += this.#queue[count]!.job.weight
      if (this.#queue[count]!.job.until === 'disk') this.#durable--
      count++
    }
    return count === this.#queue.length ? this.#queue.splice(0) : this.#queue.splice(0, count)
  }

  /** One transaction. True when somebody waits for the disk. */
  #write(group: readonly Waiting[]): boolean {
    const at = this.#options.moment()
    try {
      this.#begin.run()
      this.#options.open(at)
      for (const waiting of group) waiting.result = waiting.job.write(at)
      this.#options.close()
      this.#commit.run()
    } catch (thrown) {
      this.#undo(group)
      return this.#failed(group, thrown)
    }
    let disk = false
    for (const waiting of group) {
      waiting.job.kept?.(at)
      if (waiting.job.until === 'disk') this.#written.push(waiting)
      else waiting.resolve(waiting.result)
      disk ||= waiting.job.until === 'disk' || waiting.job.sync === true
    }
    this.#options.kept()
    if (!disk) this.#lazily()
    return disk
  }

  #undo(group: readonly Waiting[]): void {
    try {
      if (this.#options.db.isTransaction) this.#rollback.run()
    } catch (thrown) {
      this.break(storeError(thrown, this.#options.path))
    }
    this.#options.lost()
    for (const waiting of group) waiting.job.lost?.()
  }

  /** The disk fails everybody; one bad job fails alone. */
  #failed(group: readonly Waiting[], thrown: unknown): boolean {
    if (isCorruption(thrown)) this.break(storeError(thrown, this.#options.path))
    if (group.length > 1 && !this.#broken && !isDiskFailure(thrown)) {
      let disk = false
      for (const waiting of group) disk = this.#write([waiting]) || disk
      return disk
    }
    const error = storeError(thrown, this.#options.path)
    for (const waiting of group) waiting.reject(error)
    return false
  }

  #lazily(): void {
    this.#unsynced = true
    this.#lazy ??= setTimeout(() => {
      this.#lazy = undefined
      if (this.#unsynced) this.#sync()
    }, LAZY_SYNC_MS).unref()
  }

  #sync(): void {
    if (this.#syncing) this.#again = true
    if (this.#syncing || this.#broken) return
    const batch = this.#written
    this.#written = []
    this.#syncing = true
    this.#again = false
    this.#unsynced = false
    this.#options.sync((cause) => {
      this.#syncing = false
      if (cause) {
        // After a failed sync nothing is known about the pages: never try again. https://wiki.postgresql.org/wiki/Fsync_Errors
        const error = new TielineError('STORE_UNAVAILABLE', `${this.#options.path}: the disk did not sync; restart`, {
          cause,
        })
        for (const { reject } of batch) reject(error)
        return this.break(error)
      }
      for (const { resolve, result } of batch) resolve(result)
      if (this.#written.length > 0 || this.#again) this.#sync()
      this.#calm()
      // Not at once: what this turn of the loop still brings joins the group, and a commit is shared by more.
      if (this.#queue.length > 0) this.#schedule()
    })
  }
}
