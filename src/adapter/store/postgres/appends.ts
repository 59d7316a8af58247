import { TielineError } from '../../../core/error.ts'
import type { Accepted, NewMessage } from '../../../port/store.ts'
import { type Batch, batchOf, weightOf } from './batch.ts'
import { isDeadlock } from './failure.ts'
import type { Line, Statement } from './line.ts'
import { BLOCK } from './migrations.ts'
import type { Names } from './names.ts'
import type { Settings } from './options.ts'
import type { Statements } from './statements.ts'

/** What an append has stored. */
export interface Stored {
  readonly base: number
  readonly now: number
  readonly batch: Batch
  readonly messages: readonly NewMessage[]
  /** Of each message whether it is new. */
  readonly fresh: readonly boolean[]
}

interface Waiting {
  readonly messages: readonly NewMessage[]
  readonly weight: number
  readonly bytes: number
  readonly resolve: (accepted: Accepted[]) => void
  readonly reject: (error: unknown) => void
}

export interface AppendsParts {
  readonly settings: Settings
  /** Appends at once: while one waits for the disk, the next is filled. */
  readonly lines: readonly Line[]
  readonly names: Names
  readonly statements: Statements
  readonly worker: () => number
  readonly stored: (stored: Stored) => void
  readonly failed: (thrown: unknown) => TielineError
  /** Which generation of marks is written. */
  readonly generation: Generation
  /** The statement was refused for want of a partition. */
  readonly makeDays: (thrown: unknown) => Promise<boolean>
}

/** The generation of marks, as last read. */
export interface Generation {
  n: number
  read(): Promise<void>
}

/** One append inside of another transaction. */
export interface EmitStep {
  readonly batch: Batch
  readonly messages: readonly NewMessage[]
  readonly step: readonly [Statement, readonly unknown[]]
}

const GROUP_BYTES = 8 * 1024 * 1024
/** Half of what one append may hold: while one group is written, the next is on its way. */
const GROUP_WEIGHT = BLOCK / 2
/** Another process changes the generation seldom; twice in a row never. */
const RACES = 5

/** The accept path: what waits is appended in one statement, as soon as a connection is free. */
export class Appends {
  readonly #parts: AppendsParts
  readonly #free: { line: Line; slot: number }[]
  #queue: Waiting[] = []
  #messages = 0
  #bytes = 0
  #scheduled = false

  constructor(parts: AppendsParts) {
    this.#parts = parts
    this.#free = parts.lines.map((line, slot) => ({ line, slot }))
  }

  accept(messages: readonly NewMessage[]): Promise<Accepted[]> {
    const { queueMessages, queueBytes } = this.#parts.settings
    let bytes = 0
    let weight = 0
    for (const message of messages) {
      bytes += message.body.length
      weight += weightOf(message)
    }
    if (weight > BLOCK) {
      return Promise.reject(
        new TielineError(
          'REQUEST_INVALID',
          `accept: ${weight} pieces of work in one batch, at most ${BLOCK} are taken`,
        ),
      )
    }
    if (this.#messages + messages.length > queueMessages || this.#bytes + bytes > queueBytes) {
      return Promise.reject(
        new TielineError('STORE_BUSY', `${this.#messages} messages wait for the database`, { retryAfterMs: 1_000 }),
      )
    }
    this.#messages += messages.length
    this.#bytes += bytes
    return new Promise((resolve, reject) => {
      this.#queue.push({ messages, weight, bytes, resolve, reject })
      this.#schedule()
    })
  }

  get generation(): Generation {
    return this.#parts.generation
  }

  /** Steps of a transaction that append these: messages that a settle emits. */
  async steps(messages: readonly NewMessage[], slot: number): Promise<EmitStep[]> {
    const { names, statements, worker, generation } = this.#parts
    await names.number(namesOf(messages))
    const steps: EmitStep[] = []
    for (const part of parts(messages)) {
      const batch = batchOf(part, names)
      const values = [worker(), slot, generation.n, ...batch.values]
      steps.push({ batch, messages: part, step: [statements.append[(generation.n & 1) as 0 | 1], values] })
    }
    return steps
  }

  #schedule(): void {
    if (this.#scheduled || this.#free.length === 0 || this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const place = this.#free.pop()
      if (place) void this.#write(this.#take(), place)
    })
  }

  #take(): Waiting[] {
    let weight = 0
    let bytes = 0
    let count = 0
    for (const waiting of this.#queue) {
      if (count > 0 && (weight + waiting.weight > GROUP_WEIGHT || bytes + waiting.bytes > GROUP_BYTES)) break
      weight += waiting.weight
      bytes += waiting.bytes
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #write(group: readonly Waiting[], place: { line: Line; slot: number }): Promise<void> {
    this.#schedule()
    try {
      const messages = group.length === 1 ? group[0]!.messages : group.flatMap((waiting) => waiting.messages)
      const stored = await this.#append(messages, place)
      this.#parts.stored(stored)
      let at = 0
      for (const { messages, resolve } of group) {
        resolve(messages.map(({ id }, i) => ({ id, duplicate: !stored.fresh[at + i] })))
        at += messages.length
      }
    } catch (thrown) {
      const error = this.#parts.failed(thrown)
      for (const { reject } of group) reject(error)
    } finally {
      for (const { messages, bytes } of group) {
        this.#messages -= messages.length
        this.#bytes -= bytes
      }
      this.#free.push(place)
      this.#schedule()
    }
  }

  async #append(messages: readonly NewMessage[], { line, slot }: { line: Line; slot: number }): Promise<Stored> {
    const { names, statements, worker, generation, makeDays } = this.#parts
    await names.number(namesOf(messages))
    const batch = batchOf(messages, names)
    for (let race = 0; race < RACES; race++) {
      try {
        const values = [worker(), slot, generation.n, ...batch.values]
        const { rows } = await line.query(statements.append[(generation.n & 1) as 0 | 1], values)
        if (rows.length > 0) return storedOf(rows[0], batch, messages)
        await generation.read()
      } catch (thrown) {
        if (!isDeadlock(thrown) && !(await makeDays(thrown))) throw thrown
      }
    }
    throw new TielineError('STORE_UNAVAILABLE', 'the tables of known messages change again and again; try again')
  }
}

/** Reads the answer of an append. */
export function storedOf(
  row: { base: number; now: number; n: number; fresh: number[] | null },
  batch: Batch,
  messages: readonly NewMessage[],
): Stored {
  const { base, now, n } = row
  if (n === messages.length) return { base, now, batch, messages, fresh: messages.map(() => true) }
  const ids = new Set(row.fresh ?? [])
  return { base, now, batch, messages, fresh: batch.offsets.map((offset) => ids.has(base + offset)) }
}

function* namesOf(messages: readonly NewMessage[]): Iterable<string> {
  for (const { source, deliveries } of messages) {
    yield source
    for (const { flow, tenant = '' } of deliveries) {
      yield flow
      yield tenant
    }
  }
}

/** As many messages at a time as one append takes. */
function* parts(messages: readonly NewMessage[]): Iterable<readonly NewMessage[]> {
  let part: NewMessage[] = []
  let weight = 0
  for (const message of messages) {
    weight += weightOf(message)
    if (part.length > 0 && weight > BLOCK) {
      yield part
      part = []
      weight = weightOf(message)
    }
    part.push(message)
  }
  if (part.length > 0) yield part
}
