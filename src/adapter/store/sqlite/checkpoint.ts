import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import type { TielineError } from '../../../core/error.ts'
import type { Commits } from './commits.ts'
import { corrupt, isCorruption } from './failure.ts'

export type ToThread = 'copy' | 'held' | 'check' | 'stop'
export type FromThread =
  | { readonly is: 'hold' }
  | { readonly is: 'copied' }
  | { readonly is: 'checked'; readonly result: string }
  | { readonly is: 'failed'; readonly message: string; readonly errcode: number }

/** Pages in the log that start a copy. 4,000 against 1,000: a quarter of the pauses (7 against 26 in 4 s at full load). */
const PAGES = 4_000
/** Commits between two looks at the log. */
const LOOK_EVERY = 32
/** After a failed copy (a full disk) the next try waits. Commits between. */
const PATIENCE = 1_000

/** Moves the log into the database file, beside the commits. The thread starts when there is first something to do. */
export class Checkpoints {
  readonly #path: string
  readonly #commits: Commits
  readonly #look: StatementSync
  readonly #fatal: (error: TielineError) => void
  #thread: Worker | undefined
  #copying = false
  #countdown = LOOK_EVERY

  constructor(db: DatabaseSync, path: string, commits: Commits, fatal: (error: TielineError) => void) {
    this.#path = path
    this.#commits = commits
    this.#fatal = fatal
    this.#look = db.prepare('PRAGMA wal_checkpoint(NOOP)')
  }

  /** After every commit. */
  committed(): void {
    if (--this.#countdown > 0 || this.#copying) return
    this.#countdown = LOOK_EVERY
    const { log, checkpointed } = this.#look.get() as { log: number; checkpointed: number }
    if (log - checkpointed < PAGES) return
    this.#copying = true
    this.#tell('copy')
  }

  /** Reads the whole file for damage, off the main thread. */
  check(): void {
    this.#tell('check')
  }

  /** A copy under way keeps the process alive from here on: whoever closes waits for it. */
  finish(): void {
    this.#thread?.ref()
  }

  async close(): Promise<void> {
    const thread = this.#thread
    if (!thread) return
    thread.ref()
    const exit = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    this.#tell('stop')
    await exit
  }

  #tell(message: ToThread): void {
    this.#thread ??= this.#start()
    this.#thread.postMessage(message)
  }

  #start(): Worker {
    // Beside this file, in whatever form this file runs: source or build.
    const name = import.meta.url.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js'
    const thread = new Worker(new URL(name, import.meta.url), { workerData: { path: this.#path }, execArgv: [] })
    thread.unref()
    thread.on('message', (message: FromThread) => this.#hear(message))
    thread.on('error', () => this.#ended(PATIENCE))
    thread.on('exit', () => {
      this.#thread = undefined
    })
    return thread
  }

  #hear(message: FromThread): void {
    switch (message.is) {
      case 'hold':
        // The last pages are copied while nothing is written, so that the next commit starts the log from its beginning.
        this.#commits.pause(() => this.#tell('held'))
        break
      case 'copied':
        this.#ended(LOOK_EVERY)
        break
      case 'failed':
        this.#ended(PATIENCE)
        if (isCorruption(message)) this.#fatal(corrupt(this.#path, message.message))
        break
      case 'checked':
        if (message.result !== 'ok') this.#fatal(corrupt(this.#path, message.result))
        break
      default:
        message satisfies never
    }
  }

  #ended(countdown: number): void {
    this.#copying = false
    this.#countdown = countdown
    this.#commits.start()
  }
}
