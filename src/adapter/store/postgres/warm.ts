import type { Delivery, Message } from '../../../port/store.ts'

const LIMIT = 4_000
const BYTES = 16 * 1024 * 1024

export interface WarmWork {
  readonly message: Message
  readonly delivery: Delivery
}

/** Work that this process has accepted and may soon hand out, so that the claim need not read it back. The oldest makes room. */
export class Warm {
  readonly #works = new Map<number, WarmWork>()
  #bytes = 0

  add(id: number, work: WarmWork): void {
    const size = work.message.body.length
    if (size > BYTES) return
    this.#works.set(id, work)
    this.#bytes += size
    for (const [oldest] of this.#works) {
      if (this.#works.size <= LIMIT && this.#bytes <= BYTES) break
      this.take(oldest)
    }
  }

  take(id: number): WarmWork | undefined {
    const work = this.#works.get(id)
    if (!work) return undefined
    this.#works.delete(id)
    this.#bytes -= work.message.body.length
    return work
  }
}
