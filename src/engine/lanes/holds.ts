/** Which dead letters hold which lanes. A lane may be held by several; work before the first of them may run. */
export class Holds {
  readonly #holds = new Map<number, readonly number[]>()
  /** Kept apart from the map: it is read for every message. */
  #size = 0

  /** Lanes that are held. */
  get size(): number {
    return this.#size
  }

  add(lane: number, id: number): void {
    this.#holds.set(
      lane,
      [...(this.#holds.get(lane) ?? []), id].sort((a, b) => a - b),
    )
    this.#size = this.#holds.size
  }

  /** False when this dead letter did not hold the lane. */
  remove(lane: number, id: number): boolean {
    const holds = this.#holds.get(lane)
    if (!holds?.includes(id)) return false
    const rest = holds.filter((other) => other !== id)
    if (rest.length === 0) this.#holds.delete(lane)
    else this.#holds.set(lane, rest)
    this.#size = this.#holds.size
    return true
  }

  clear(): void {
    this.#holds.clear()
    this.#size = 0
  }

  /** Whether this work stands behind a dead letter. */
  stop(lane: number, id: number): boolean {
    if (this.#size === 0) return false
    const first = this.#holds.get(lane)?.[0]
    return first !== undefined && first <= id
  }
}
