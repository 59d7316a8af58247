import type { Delivery, Message } from '../../../port/store.ts'

const LIMIT = 2_000
const BYTES = 16 * 1024 * 1024

export interface WarmWork {
  readonly message: Message
  readonly delivery: Delivery
}

/** Work accepted and not yet claimed, so that the claim need not read it back. When it is full, the disk is read: older work is claimed first, so it stays. */
export class Warm {
  readonly #works = new Map<number, WarmWork>()
  #bytes = 0

  add(id: number, work: WarmWork): void {
    const size = work.message.body.length
    if (this.#works.size >= LIMIT || this.#bytes + size > BYTES) return
    this.#works.set(id, work)
    this.#bytes += size
  }

  take(id: number): WarmWork | undefined {
    const work = this.#works.get(id)
    if (!work) return undefined
    this.#works.delete(id)
    this.#bytes -= work.message.body.length
    return work
  }
}
