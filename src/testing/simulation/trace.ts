/** One line of a story: when, who, what. */
export interface Line {
  readonly atMs: number
  readonly actor: string
  readonly event: string
  readonly detail: string
}

/**
 * All that happened, as a rolling hash of 64 bits: the same seed gives the same hash, or something outside has been touched. Text is
 * kept only where a story is asked for.
 */
export class Trace {
  readonly lines: Line[] | undefined
  #high = 0x811c9dc5
  #low = 0x1b873593

  constructor(story: boolean) {
    this.lines = story ? [] : undefined
  }

  add(atMs: number, actor: string, event: string, detail: string): void {
    this.#mix(atMs)
    this.#text(actor)
    this.#text(event)
    this.#text(detail)
    this.lines?.push({ atMs, actor, event, detail })
  }

  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0')
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193)
    this.#low = Math.imul(this.#low ^ (value + (this.#high >>> 13)), 0x85ebca6b)
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i))
  }
}
