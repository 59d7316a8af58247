import { encodingOf, type Width } from './encoding.ts'

/** What a piece decodes to, and whether the bytes behind it are not of this encoding. */
export interface Decoded {
  readonly text: string
  readonly broken: boolean
}

const NOTHING = new Uint8Array(0)

/** Decodes a stream without ever replacing a byte: what is not of the encoding is said, with all text before it. */
export class Decoder {
  readonly name: string
  readonly width: Width
  readonly #decoder: InstanceType<typeof TextDecoder>
  /** The beginning of a character whose other bytes have not come. */
  #tail: Uint8Array = NOTHING

  constructor(label: string) {
    const { name, width } = encodingOf(label)
    this.name = name
    this.width = width
    this.#decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true })
  }

  decode(piece: Uint8Array): Decoded {
    const bytes = this.#tail.length === 0 ? piece : Buffer.concat([this.#tail, piece])
    const whole = this.#whole(bytes)
    const text = this.#try(bytes.subarray(0, whole))
    // A copy: the caller may use its buffer again.
    if (text !== undefined) {
      this.#tail = whole === bytes.length ? NOTHING : bytes.slice(whole)
      return { text, broken: false }
    }
    return { text: this.#before(bytes), broken: true }
  }

  /** Whether the bytes so far end between two characters. */
  get whole(): boolean {
    return this.#tail.length === 0
  }

  #try(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes)
    } catch {
      return undefined
    }
  }

  /** The longest beginning that decodes; found by halves, since a beginning of what decodes does so too. */
  #before(bytes: Uint8Array): string {
    let good = 0
    let bad = bytes.length
    while (bad - good > 1) {
      const middle = (good + bad) >> 1
      if (this.#try(bytes.subarray(0, this.#whole(bytes.subarray(0, middle)))) === undefined) bad = middle
      else good = middle
    }
    return this.#try(bytes.subarray(0, this.#whole(bytes.subarray(0, good)))) ?? ''
  }

  /** Where the last whole character ends. */
  #whole(bytes: Uint8Array): number {
    const end = bytes.length
    if (this.width === 'single') return end
    if (this.width === 'utf-16') {
      const even = end - (end % 2)
      const high = bytes[this.name === 'utf-16le' ? even - 1 : even - 2] ?? 0
      return even > 0 && high >= 0xd8 && high <= 0xdb ? even - 2 : even
    }
    for (let back = 1; back <= 3 && back <= end; back++) {
      const byte = bytes[end - back] ?? 0
      if (byte < 0x80) return end
      if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? end - back : end
    }
    return end
  }
}
