const COMPACT = 1024

/** First in, first out, without moving what waits. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #at = 0

  get size(): number {
    return this.#items.length - this.#at
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#at === this.#items.length) return undefined
    const item = this.#items[this.#at]
    this.#items[this.#at++] = undefined
    if (this.#at === this.#items.length) {
      this.#items = []
      this.#at = 0
    } else if (this.#at >= COMPACT && this.#at * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#at)
      this.#at = 0
    }
    return item
  }
}
