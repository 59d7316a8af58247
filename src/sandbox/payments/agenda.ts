interface Entry<T> {
  readonly dueMs: number
  readonly order: number
  readonly item: T
}

/** Things to do, earliest first; at the same time in the order in which they were added. A binary heap. */
export class Agenda<T> {
  readonly #heap: Entry<T>[] = []
  #added = 0

  get size(): number {
    return this.#heap.length
  }

  /** When the earliest is due. */
  get dueMs(): number | undefined {
    return this.#heap[0]?.dueMs
  }

  add(dueMs: number, item: T): void {
    const heap = this.#heap
    this.#added += 1
    const entry = { dueMs, order: this.#added, item }
    let place = heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!before(entry, heap[parent]!)) break
      heap[place] = heap[parent]!
      place = parent
    }
    heap[place] = entry
  }

  /** Takes the earliest. */
  take(): T | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first?.item
    let place = 0
    for (;;) {
      let child = place * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1
      if (!before(heap[child]!, last)) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = last
    return first.item
  }
}

const before = (a: Entry<unknown>, b: Entry<unknown>): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
