const START = 4_096
/** Fuller than this the table doubles. */
const LOAD = 0.6

/** Open addressing in typed arrays, 12 bytes a slot: identity hash to message id. Equal hashes may stand several times. */
class Generation {
  /** Ids are kept as distances from the first. */
  base = 0
  size = 0
  #hashes = new Float64Array(START)
  #offsets = new Uint32Array(START)

  add(hash: number, id: number): void {
    if (this.size === 0) this.base = id
    if (this.size >= this.#hashes.length * LOAD) this.#grow()
    this.size++
    this.#put(hash, id - this.base)
  }

  find(hash: number, same: (id: number) => boolean): number {
    const mask = this.#hashes.length - 1
    for (let at = hash & mask; this.#hashes[at] !== 0; at = (at + 1) & mask) {
      if (this.#hashes[at] === hash && same(this.base + this.#offsets[at]!)) return this.base + this.#offsets[at]!
    }
    return 0
  }

  #put(hash: number, offset: number): void {
    const mask = this.#hashes.length - 1
    let at = hash & mask
    while (this.#hashes[at] !== 0) at = (at + 1) & mask
    this.#hashes[at] = hash
    this.#offsets[at] = offset
  }

  #grow(): void {
    const hashes = this.#hashes
    const offsets = this.#offsets
    this.#hashes = new Float64Array(hashes.length * 2)
    this.#offsets = new Uint32Array(hashes.length * 2)
    for (let at = 0; at < hashes.length; at++) if (hashes[at] !== 0) this.#put(hashes[at]!, offsets[at]!)
  }
}

/**
 * Which messages are known, bounded: two generations of `messages` each, so that at least the newest `messages` are recognised. Whoever
 * asks compares the stored identity on a hit: a collision must not swallow a message.
 */
export class Dedupe {
  readonly #messages: number
  #young = new Generation()
  #old: Generation | undefined

  constructor(messages: number) {
    this.#messages = messages
  }

  /** Ids below are no longer remembered. */
  get from(): number {
    return this.#old?.base ?? 0
  }

  add(hash: number, id: number): void {
    if (this.#young.size >= this.#messages) {
      this.#old = this.#young
      this.#young = new Generation()
    }
    this.#young.add(hash, id)
  }

  /** The id of the message with this hash that `same` agrees to; 0 for none. */
  find(hash: number, same: (id: number) => boolean): number {
    return this.#young.find(hash, same) || (this.#old?.find(hash, same) ?? 0)
  }
}
