import { Slots } from './slots.ts'

/** A list of ids in ascending order, by its slots; -1 when it is empty. */
export interface List {
  head: number
  tail: number
}

/** The waiting ids of all lanes, as linked lists in common arrays. */
export class Lists {
  readonly #slots = new Slots()

  first(list: List): number {
    return this.#slots.id(list.head)
  }

  /** Takes the first id out. The list is not empty. */
  shift(list: List): number {
    const id = this.#slots.id(list.head)
    list.head = this.#slots.give(list.head)
    if (list.head < 0) list.tail = -1
    return id
  }

  /** Puts an id in its place: at the end, or before the first larger one. False when it is there already. */
  put(list: List, id: number): boolean {
    if (list.head >= 0 && this.#slots.id(list.tail) >= id) return this.#place(list, id)
    const slot = this.#slots.take(id, -1)
    if (list.head < 0) list.head = slot
    else this.#slots.link(list.tail, slot)
    list.tail = slot
    return true
  }

  /** False when it is not there. */
  remove(list: List, id: number): boolean {
    const [before, at] = this.#find(list, id)
    if (at < 0 || this.#slots.id(at) !== id) return false
    const next = this.#slots.give(at)
    if (before < 0) list.head = next
    else this.#slots.link(before, next)
    if (next < 0) list.tail = before
    return true
  }

  clear(list: List): void {
    for (let at = list.head; at >= 0; ) at = this.#slots.give(at)
    list.head = list.tail = -1
  }

  #place(list: List, id: number): boolean {
    const [before, at] = this.#find(list, id)
    if (this.#slots.id(at) === id) return false
    const slot = this.#slots.take(id, at)
    if (before < 0) list.head = slot
    else this.#slots.link(before, slot)
    return true
  }

  /** The slot of the first id that is not smaller, and the one before it. */
  #find(list: List, id: number): readonly [before: number, at: number] {
    let before = -1
    let at = list.head
    while (at >= 0 && this.#slots.id(at) < id) {
      before = at
      at = this.#slots.next(at)
    }
    return [before, at]
  }
}
