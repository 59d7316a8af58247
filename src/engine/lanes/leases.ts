import type { Held, Lane } from './lane.ts'

const NEVER = Number.POSITIVE_INFINITY
const NOBODY: readonly Held[] = Object.freeze([])

/** Who has leased what, and until when. */
export class Leases {
  readonly #held = new Map<number, Held>()
  #token: number
  /** No lease ends before this instant. */
  #next = NEVER

  /** Tokens are larger than `tokens`. */
  constructor(tokens: number) {
    this.#token = tokens
  }

  get size(): number {
    return this.#held.size
  }

  get next(): number {
    return this.#next
  }

  begin(id: number, lane: Lane, owner: string, until: number): Held {
    const held: Held = { id, lane, owner, token: ++this.#token, until, ending: false }
    this.#held.set(id, held)
    if (until < this.#next) this.#next = until
    return held
  }

  /** The lease, if it is in force and not already ending. */
  held(id: number, owner: string, token: number): Held | undefined {
    const held = this.#held.get(id)
    return held && held.token === token && held.owner === owner && !held.ending ? held : undefined
  }

  /** Who has this work now. */
  holder(id: number): Held | undefined {
    return this.#held.get(id)
  }

  has(id: number): boolean {
    return this.#held.has(id)
  }

  extend(held: Held, until: number): void {
    held.until = until
    this.#next = Math.min(this.#next, until)
  }

  end(id: number): void {
    this.#held.delete(id)
  }

  /** Those that have run out, and are not being settled. */
  over(now: number): readonly Held[] {
    if (now < this.#next) return NOBODY
    const over: Held[] = []
    let next = NEVER
    for (const held of this.#held.values()) {
      if (held.until <= now && !held.ending) over.push(held)
      else next = Math.min(next, held.until)
    }
    this.#next = next
    return over
  }
}
