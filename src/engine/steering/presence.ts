const MANY = 64
const LONG = 10

/**
 * Which of the other processes live, told by whether a number that they write moves: nobody's clock but our own is read, and a process
 * that was stopped counts as gone until it moves again.
 */
export class Presence {
  readonly #lostMs: number
  readonly #seen = new Map<string, { beat: number; atMono: number }>()

  /** One whose number stands still for so long is gone. */
  constructor(lostMs: number) {
    this.#lostMs = lostMs
  }

  /** What was read of it just now; false: it is gone. */
  lives(name: string, beat: number, nowMono: number): boolean {
    if (this.#seen.size > MANY) this.#forget(nowMono)
    const known = this.#seen.get(name)
    if (known === undefined || known.beat !== beat) {
      this.#seen.set(name, { beat, atMono: nowMono })
      return true
    }
    return nowMono - known.atMono < this.#lostMs
  }

  /** Those that are long gone: each start of a process has a name of its own. */
  #forget(nowMono: number): void {
    for (const [name, { atMono }] of this.#seen) if (nowMono - atMono > LONG * this.#lostMs) this.#seen.delete(name)
  }
}
