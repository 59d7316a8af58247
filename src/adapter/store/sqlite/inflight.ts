import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'

/** The file begins with the text `process PID on HOST`, padded with zeros, and the number of its opening; slots of eight bytes follow. */
export const OWNER_BYTES = 256
const SLOT = 8
const OPENING_AT = OWNER_BYTES - SLOT
const START = 64
/** Leases beyond so many are not recorded: they run again after a crash, only uncounted. */
const LIMIT = 16_384

/**
 * Which work is leased, in a small file beside the database: one write per claim and no commit. The page cache is enough, for the file has
 * to outlive `kill -9`, not a power cut. What is found there at the start, and is still to do, was being worked on when the process died.
 */
export class Inflight {
  readonly #file: number
  #slots = new Float64Array(START)
  readonly #slotOf = new Map<number, number>()
  readonly #free: number[] = []
  #used = 0
  #dirty = false

  constructor(path: string) {
    // Not 'a': appending would ignore the position of a write.
    this.#file = openSync(`${path}-inflight`, constants.O_RDWR | constants.O_CREAT, 0o600)
  }

  /** Work of the process that opened the store as number `opening`; none of one whose work was counted already. */
  left(opening: number): number[] {
    const number = new Float64Array(1)
    if (readSync(this.#file, number, 0, SLOT, OPENING_AT) < SLOT || number[0] !== opening) return []
    const size = Math.min(fstatSync(this.#file).size - OWNER_BYTES, LIMIT * SLOT)
    if (size < SLOT) return []
    const bytes = new Uint8Array(size - (size % SLOT))
    readSync(this.#file, bytes, 0, bytes.length, OWNER_BYTES)
    return [...new Float64Array(bytes.buffer)].filter((id) => Number.isSafeInteger(id) && id > 0)
  }

  /** Begins anew for this process, opening number `opening`. */
  reset(opening: number): void {
    const size = Math.max(fstatSync(this.#file).size, OWNER_BYTES + START * SLOT)
    const bytes = Buffer.alloc(Math.min(size, OWNER_BYTES + LIMIT * SLOT))
    bytes.write(`process ${process.pid} on ${hostname()}`.slice(0, OPENING_AT - 1))
    bytes.writeDoubleLE(opening, OPENING_AT)
    writeSync(this.#file, bytes, 0, bytes.length, 0)
  }

  begin(id: number): void {
    const slot = this.#free.pop() ?? (this.#used < LIMIT ? this.#used++ : -1)
    if (slot < 0) return
    if (slot >= this.#slots.length) {
      const slots = new Float64Array(this.#slots.length * 2)
      slots.set(this.#slots)
      this.#slots = slots
    }
    this.#slots[slot] = id
    this.#slotOf.set(id, slot)
    this.#dirty = true
  }

  end(id: number): void {
    const slot = this.#slotOf.get(id)
    if (slot === undefined) return
    this.#slotOf.delete(id)
    this.#slots[slot] = 0
    this.#free.push(slot)
    this.#dirty = true
  }

  /** One write, whatever has changed. Ends of finished work may wait for the next claim: it is no longer to do. */
  write(): void {
    if (!this.#dirty) return
    this.#dirty = false
    writeSync(this.#file, this.#slots, 0, this.#used * SLOT, OWNER_BYTES)
  }

  close(): void {
    this.write()
    closeSync(this.#file)
  }
}
