import { bytesOf, type Width } from './encoding.ts'

/** Which byte of the file a character of the decoded text is; asked in rising order, so that each character is counted once. */
export class Cursor {
  readonly #width: Width
  #text = ''
  #index = 0
  #byte: number

  constructor(width: Width, byte: number) {
    this.#width = width
    this.#byte = byte
  }

  /** The text of the cursor from now on: what is left of the last one from `index`, and what came behind it. */
  load(text: string, index: number): void {
    this.at(index)
    this.#text = text
    this.#index = 0
  }

  at(index: number): number {
    if (index > this.#index) {
      this.#byte += bytesOf(this.#text.slice(this.#index, index), this.#width)
      this.#index = index
    }
    return this.#byte
  }
}
