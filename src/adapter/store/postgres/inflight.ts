import type { Held } from '../../../engine/lanes/lane.ts'
import type { Line, Statement } from './line.ts'
import type { Statements } from './statements.ts'
import type { Worker } from './worker.ts'

export interface InflightParts {
  readonly line: Line
  readonly statements: Statements
  readonly worker: Worker
}

/** Notes in one row. */
const NOTES = 1_000

/**
 * What this worker has handed out, written down before anybody works on it: when the process dies, that is what counts as crashed, and an
 * operator's hand leaves it alone. One write covers all claims of a moment. What was finished stays in the row until the next claim; it
 * is no longer pending, so nobody minds.
 */
export class Inflight {
  readonly #parts: InflightParts
  readonly #ids = new Set<number>()
  #expired: number[] = []
  #notes = 0
  #sending: Promise<number | undefined> | undefined

  constructor(parts: InflightParts) {
    this.#parts = parts
  }

  /** How often it was written down. */
  get notes(): number {
    return this.#notes
  }

  get ids(): Iterable<number> {
    return this.#ids
  }

  begin(id: number): void {
    this.#ids.add(id)
  }

  end(id: number): void {
    this.#ids.delete(id)
  }

  clear(): void {
    this.#ids.clear()
    this.#expired = []
  }

  /** Its lease ran out in this very process. */
  expire(id: number): void {
    this.#ids.delete(id)
    this.#expired.push(id)
  }

  takeExpired(): readonly number[] {
    const expired = this.#expired
    this.#expired = []
    return expired
  }

  putBack(expired: readonly number[]): void {
    this.#expired.push(...expired)
  }

  /**
   * Writes it down. Answers how often an operator's hand has moved something; undefined: this worker has been replaced. A lease that was renewed a moment
   * ago lasts: it is as much longer than what is promised.
   */
  note(): Promise<number | undefined> {
    this.#sending ??= Promise.resolve().then(async () => {
      this.#sending = undefined
      const { line, worker } = this.#parts
      const [{ rows }, alive] = await Promise.all([line.query(...this.step([])), worker.fresh ? true : worker.renew()])
      return alive ? (rows[0]?.hands as number | undefined) : undefined
    })
    return this.#sending
  }

  /** A note that overtook a transaction still holds what the transaction ended: an operator would be told that it is being worked on. */
  async since(notes: number): Promise<void> {
    // What fails is written with the next claim.
    if (this.#notes > notes) await this.note().catch(() => undefined)
  }

  /** The same as a step of a transaction that ends some of it. Of two that cross on their ways the one made later stays. */
  step(ending: readonly Held[]): readonly [Statement, readonly unknown[]] {
    const { statements, worker } = this.#parts
    const without = new Set(ending.map((held) => held.id))
    const ids = [...this.#ids].filter((id) => !without.has(id))
    const version = ++this.#notes
    return [statements.hold, [worker.id, Math.floor(version / NOTES), encodeIds(ids), version]]
  }
}

/** Ids as the gaps between them, seven bits a byte: those of one append take a byte each, and the row stays in its page. */
export function encodeIds(ids: readonly number[]): Buffer {
  const bytes: number[] = []
  let last = 0
  for (const id of ids.toSorted((a, b) => a - b)) {
    let gap = id - last
    last = id
    for (; gap >= 128; gap = Math.floor(gap / 128)) bytes.push((gap % 128) + 128)
    bytes.push(gap)
  }
  return Buffer.from(bytes)
}

export function decodeIds(bytes: Uint8Array): number[] {
  const ids: number[] = []
  let last = 0
  let gap = 0
  let unit = 1
  for (const byte of bytes) {
    gap += (byte % 128) * unit
    unit *= 128
    if (byte >= 128) continue
    last += gap
    ids.push(last)
    gap = 0
    unit = 1
  }
  return ids
}
