/** What waits for an instant, earliest first: a binary heap. Entries that no longer hold are left in and ignored by the owner. */
export class DueHeap<T> {
  readonly #due: number[] = []
  readonly #items: T[] = []

  get next(): number {
    return this.#due[0] ?? Number.POSITIVE_INFINITY
  }

  push(due: number, item: T): void {
    let at = this.#due.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#due[parent]! <= due) break
      this.#put(at, this.#due[parent]!, this.#items[parent]!)
      at = parent
    }
    this.#put(at, due, item)
  }

  /** The earliest entry; only when `next` is finite. */
  pop(): T {
    const first = this.#items[0]!
    const due = this.#due.pop()!
    const item = this.#items.pop()!
    const size = this.#due.length
    if (size > 0) this.#sink(due, item, size)
    return first
  }

  #sink(due: number, item: T, size: number): void {
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= size) break
      if (child + 1 < size && this.#due[child + 1]! < this.#due[child]!) child++
      if (this.#due[child]! >= due) break
      this.#put(at, this.#due[child]!, this.#items[child]!)
      at = child
    }
    this.#put(at, due, item)
  }

  #put(at: number, due: number, item: T): void {
    this.#due[at] = due
    this.#items[at] = item
  }
}
