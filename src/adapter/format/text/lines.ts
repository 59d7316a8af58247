import type { Place } from '../place.ts'

/** What is said of each line: its bytes without the line end, or undefined when they were too many. */
export type SayLine = (
  bytes: Buffer | undefined,
  line: number,
  next: { readonly byte: number; readonly line: number },
) => void

const LF = 0x0a
const NOTHING = Buffer.alloc(0)

/** Cuts a stream into lines, at LF or CR LF, holding no more than one and no longer one than `most` bytes. */
export class Lines {
  readonly #most: number
  readonly #say: SayLine
  #byte: number
  #line: number
  #held: Uint8Array[] = []
  #length = 0

  constructor(most: number, say: SayLine, from: Place | undefined) {
    this.#most = most
    this.#say = say
    this.#byte = from?.byte ?? 0
    this.#line = from?.line ?? 1
  }

  push(piece: Uint8Array): void {
    let at = 0
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, at)) {
      this.#hold(piece.subarray(at, end))
      at = end + 1
      this.#finish(1)
    }
    // A copy: the caller may use its buffer again.
    if (at < piece.length) this.#hold(piece.slice(at))
  }

  end(): void {
    if (this.#length > 0) this.#finish(0)
  }

  #hold(bytes: Uint8Array): void {
    this.#length += bytes.length
    // One more for the CR.
    if (this.#length > this.#most + 1) this.#held = []
    else this.#held.push(bytes)
  }

  #finish(end: number): void {
    this.#byte += this.#length + end
    const line = this.#line++
    const overlong = this.#length > this.#most + 1
    const bytes = overlong ? NOTHING : joined(this.#held)
    this.#held = []
    this.#length = 0
    const whole = bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes
    const next = { byte: this.#byte, line: this.#line }
    this.#say(overlong || whole.length > this.#most ? undefined : whole, line, next)
  }
}

function joined(parts: readonly Uint8Array[]): Buffer {
  const [only] = parts
  if (only === undefined) return NOTHING
  return parts.length === 1 ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(parts)
}
