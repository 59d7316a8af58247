import { TielineError } from '../../../core/error.ts'
import { isReadOnly, storeError } from './failure.ts'
import type { Settings } from './options.ts'
import type { Client, Result } from './pg.ts'
import { connect } from './pg.ts'

/** A statement with a name, prepared once on each connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Sends one statement and waits for its answer. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<Result>

/** In the texts of this store `S` stands for the schema. */
export function inSchema(text: string, schema: string): string {
  return text.replaceAll(/\bS\./g, `${schema}.`)
}

/** Between two attempts to connect; whoever comes meanwhile is told at once. */
const RECONNECT_MS = 200
/** For the server to answer to the end of a connection. */
const END_MS = 2_000

/**
 * One connection, made when it is first used and made again after it broke. Calls are pipelined: they are sent at once and answered in order.
 */
export class Line {
  readonly #settings: Settings
  readonly #role: string
  readonly #where: string
  readonly #pins: readonly string[]
  readonly #queryMs: number | undefined
  #client: Promise<Client> | undefined
  #failedAt = Number.NEGATIVE_INFINITY
  #failure: TielineError | undefined
  #closed = false
  #alone: Promise<void> | undefined
  /** Told when an open connection ends by itself. */
  onBroken: (() => void) | undefined
  onNotice: ((payload: string) => void) | undefined
  /** Where `settings.pooler` is not said: what the last connection turned out to be. */
  pooled: boolean

  constructor(settings: Settings, role: string, pooled: boolean, pins: readonly string[] = [], queryMs?: number) {
    this.#pins = pins
    this.#queryMs = queryMs
    this.#settings = settings
    this.#role = role
    this.#where = `PostgreSQL schema ${settings.schema}`
    this.pooled = pooled
  }

  async query(statement: Statement, values: readonly unknown[] = []): Promise<Result> {
    const client = await this.#ready()
    try {
      return await client.query({
        ...(this.pooled ? {} : { name: statement.name }),
        text: statement.text,
        values: values as unknown[],
      })
    } catch (thrown) {
      throw this.#failed(client, thrown)
    }
  }

  /** Runs SQL that is not worth preparing. */
  async run(text: string, values: readonly unknown[] = []): Promise<Result> {
    const client = await this.#ready()
    try {
      return await this.#send(client, text, values)
    } catch (thrown) {
      throw this.#failed(client, thrown)
    }
  }

  /** All statements in one transaction, sent at once. Answers their results; nothing of it stays when one fails. */
  async transaction(steps: readonly (readonly [Statement, readonly unknown[]])[]): Promise<Result[]> {
    const client = await this.#ready()
    const sent = [
      client.query({ text: 'BEGIN' }),
      ...steps.map(([statement, values]) =>
        client.query({
          ...(this.pooled ? {} : { name: statement.name }),
          text: statement.text,
          values: values as unknown[],
        }),
      ),
      client.query({ text: 'COMMIT' }),
    ]
    const settled = await Promise.allSettled(sent)
    const failed = settled.find((one) => one.status === 'rejected')
    if (failed) throw this.#failed(client, failed.reason)
    const results = settled.map((one) => (one as PromiseFulfilledResult<Result>).value)
    if (results.at(-1)!.command !== 'COMMIT')
      throw new TielineError('STORE_UNAVAILABLE', `${this.#where}: not committed`)
    return results.slice(1, -1)
  }

  /** A transaction whose next statement depends on the last answer; whoever else uses this line waits until it is over. */
  exclusive<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const mine = (this.#alone ?? Promise.resolve()).then(() => this.#exclusively(work))
    const over = mine.then(
      () => undefined,
      () => undefined,
    )
    this.#alone = over
    void over.then(() => {
      if (this.#alone === over) this.#alone = undefined
    })
    return mine
  }

  async #exclusively<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const client = await this.#open()
    try {
      await client.query({ text: 'BEGIN' })
      const result = await work((text, values) => this.#send(client, text, values))
      await client.query({ text: 'COMMIT' })
      return result
    } catch (thrown) {
      await client.query({ text: 'ROLLBACK' }).catch(() => undefined)
      throw this.#failed(client, thrown)
    }
  }

  #send(client: Client, text: string, values: readonly unknown[] = []): Promise<Result> {
    return client.query({ text: inSchema(text, this.#settings.schema), values: values as unknown[] })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#drop()
  }

  /** Ends the connection; the next call makes a new one. */
  async #drop(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    const opened = await client?.catch(() => undefined)
    if (!opened) return
    await Promise.race([opened.end().catch(() => undefined), this.#settings.clock.sleep(END_MS)])
    opened.connection?.stream?.destroy() // the other side may not hear us
  }

  async #ready(): Promise<Client> {
    for (;;) {
      while (this.#alone) await this.#alone
      const client = await this.#open()
      // Looked at once more: what is sent behind the BEGIN of somebody else would be undone with it.
      if (!this.#alone) return client
    }
  }

  #open(): Promise<Client> {
    if (this.#client) return this.#client
    if (this.#closed) return Promise.reject(new TielineError('STORE_UNAVAILABLE', `${this.#where} is closed`))
    const { clock } = this.#settings
    if (this.#failure && clock.mono() - this.#failedAt < RECONNECT_MS) return Promise.reject(this.#failure)
    const opening = connect(this.#settings, this.#role, this.pooled, this.#pins, this.#queryMs).then(
      ({ client, pooled }) => {
        this.pooled = pooled
        this.#failure = undefined
        client.on('error', () => this.#lost(opening))
        client.on('end', () => this.#lost(opening))
        client.on('notification', (message) => this.onNotice?.(message.payload ?? ''))
        return client
      },
      (thrown: unknown) => {
        this.#client = undefined
        this.#failedAt = clock.mono()
        this.#failure = storeError(thrown, this.#where)
        throw thrown
      },
    )
    this.#client = opening
    return opening
  }

  #lost(opening: Promise<Client>): void {
    if (this.#client !== opening) return
    this.#client = undefined
    if (!this.#closed) this.onBroken?.()
  }

  #failed(client: Client, thrown: unknown): unknown {
    // A time-out or an abort of the protocol leaves the connection unusable: the client has destroyed it. One that only reads may have been left
    // behind by a change of the primary: the next one is made anew.
    if (client.connection?.stream?.destroyed || isReadOnly(thrown)) void this.#drop()
    return thrown
  }
}
