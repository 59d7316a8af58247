import type { Exchange } from './exchange.ts'

/** Deadlines are looked at so often, in milliseconds: one timer for all exchanges, not one each. A timeout is late by at most this. */
const TICK_MS = 50

/**
 * The exchanges under way, as a linked list through the exchanges themselves: entering and leaving cost two pointers. Each tick walks
 * all of them (some thousand at most), and the timer runs only while there are some.
 */
export class Pending {
  #first: Exchange | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #watched = new WeakSet<AbortSignal>()

  add(exchange: Exchange): void {
    exchange.next = this.#first
    if (this.#first !== undefined) this.#first.previous = exchange
    this.#first = exchange
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS)
    const { signal } = exchange
    if (signal === undefined || this.#watched.has(signal)) return
    // One listener for each signal, however many exchanges share it: a listener each would be searched for when it leaves.
    this.#watched.add(signal)
    signal.addEventListener('abort', () => this.#each((one) => one.signal === signal && one.abort()), { once: true })
  }

  remove(exchange: Exchange): void {
    const { previous, next } = exchange
    if (previous !== undefined) previous.next = next
    else if (this.#first === exchange) this.#first = next
    if (next !== undefined) next.previous = previous
    exchange.previous = undefined
    exchange.next = undefined
  }

  /** Gives up all of them. */
  close(): void {
    this.#each((exchange) => exchange.stop())
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    if (this.#first === undefined) {
      clearInterval(this.#timer)
      this.#timer = undefined
      return
    }
    const now = performance.now()
    this.#each((exchange) => exchange.expire(now))
  }

  /** The visited exchange may leave the list. */
  #each(visit: (exchange: Exchange) => unknown): void {
    let exchange = this.#first
    while (exchange !== undefined) {
      const { next } = exchange
      visit(exchange)
      exchange = next
    }
  }
}
