/** What the store may do, in a few lines: of each key, its messages in order, and who may have the first of them. */
export type Place =
  | { readonly at: 'waiting' }
  /** `sure`: nothing has happened to the worker since; its settle must be taken. */
  | { readonly at: 'leased'; readonly by: number; readonly token: number; readonly sure: boolean }
  | { readonly at: 'dead'; readonly holds: boolean }
  | { readonly at: 'over' }

interface Entry {
  readonly id: string
  place: Place
}

const WAITING: Place = Object.freeze({ at: 'waiting' })

export class Model {
  readonly #keys = new Map<string, Entry[]>()
  readonly #entries = new Map<string, Entry>()

  accept(id: string, key: string): void {
    const entry = { id, place: WAITING }
    this.#entries.set(id, entry)
    this.#keys.set(key, [...(this.#keys.get(key) ?? []), entry])
  }

  place(id: string): Place {
    return this.#entries.get(id)!.place
  }

  get pending(): number {
    return this.#count((place) => place.at === 'waiting' || place.at === 'leased')
  }

  get dead(): readonly string[] {
    return [...this.#entries.values()].filter(({ place }) => place.at === 'dead').map(({ id }) => id)
  }

  /** A store says that it hands this out. @throws {Error} when it must not */
  claim(id: string, key: string, by: number, token: number, sure: boolean): void {
    for (const entry of this.#keys.get(key)!) {
      const { place } = entry
      if (entry.id === id) {
        if (place.at === 'leased' && place.sure) throw new Error(`${id} has two owners`)
        if (place.at === 'over' || place.at === 'dead')
          throw new Error(`${id} is handed out although it is ${place.at}`)
        entry.place = { at: 'leased', by, token, sure }
        return
      }
      if (place.at === 'waiting') throw new Error(`${id} comes before ${entry.id} of its key`)
      if (place.at === 'leased' && place.sure) throw new Error(`${id} is handed out while ${entry.id} of its key is`)
      if (place.at === 'leased') throw new Error(`${id} comes before ${entry.id}, whose worker may be gone`)
      if (place.at === 'dead' && place.holds) throw new Error(`${id} passes ${entry.id}, which holds its key`)
    }
  }

  /** A store has answered a settle or a move. @throws {Error} when it must not answer so */
  end(id: string, settled: 'ok' | 'stale', next: Place): void {
    const { place } = this.#entries.get(id)!
    if (settled === 'stale') {
      if (place.at === 'leased' && place.sure)
        throw new Error(`${id} is settled as stale although its lease is in force`)
      return
    }
    if (place.at === 'over') throw new Error(`${id} is settled twice`)
    this.#entries.get(id)!.place = next
  }

  /** The connections of a worker have ended: it may come back, or be replaced. */
  shaken(by: number): void {
    for (const entry of this.#entries.values())
      if (entry.place.at === 'leased' && entry.place.by === by) entry.place = { ...entry.place, sure: false }
  }

  lost(id: string): void {
    this.#entries.get(id)!.place = WAITING
  }

  /** A worker is gone. */
  gone(by: number): void {
    for (const entry of this.#entries.values())
      if (entry.place.at === 'leased' && entry.place.by === by) entry.place = WAITING
  }

  #count(which: (place: Place) => boolean): number {
    return [...this.#entries.values()].filter(({ place }) => which(place)).length
  }
}
