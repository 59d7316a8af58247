const NONE = -1
const START = 1024

/** Ids in linked lists that share two typed arrays: 12 bytes an entry however long a lane is. Freed slots are used again. */
export class Slots {
  #id = new Float64Array(START)
  #next = new Int32Array(START)
  #free = NONE
  #used = 0

  /** A slot holding `id`, linked to `next`. */
  take(id: number, next: number): number {
    let slot = this.#free
    if (slot === NONE) {
      if (this.#used === this.#id.length) this.#grow()
      slot = this.#used++
    } else {
      this.#free = this.#next[slot]!
    }
    this.#id[slot] = id
    this.#next[slot] = next
    return slot
  }

  /** Gives a slot back and answers the slot that followed it. */
  give(slot: number): number {
    const next = this.#next[slot]!
    this.#next[slot] = this.#free
    this.#free = slot
    return next
  }

  id(slot: number): number {
    return this.#id[slot]!
  }

  next(slot: number): number {
    return this.#next[slot]!
  }

  link(slot: number, next: number): void {
    this.#next[slot] = next
  }

  #grow(): void {
    const id = new Float64Array(this.#id.length * 2)
    const next = new Int32Array(id.length)
    id.set(this.#id)
    next.set(this.#next)
    this.#id = id
    this.#next = next
  }
}
