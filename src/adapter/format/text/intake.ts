import type { TielineError } from '../../../core/error.ts'
import type { Intake, Place } from '../place.ts'
import { Decoder } from './decoder.ts'
import type { Width } from './encoding.ts'

/** What reads the decoded text of a file. */
export interface TextReader {
  /** Once, before any text: what the file is written in, and at which byte its text begins. */
  begin(encoding: string, width: Width, byte: number): void
  take(text: string): void
  end(): void
  /** The error that says where reading stands. */
  broken(what: string): TielineError
}

type Sniff = (bytes: Uint8Array, final: boolean) => { readonly name: string; readonly skip: number } | undefined

/** Decoded at once: a string has a greatest length, a file has none. */
const PIECE = 1_048_576

/** Finds out the encoding, decodes, and hands the text on; once broken it stays so. */
export function textIntake(reader: TextReader, sniff: Sniff, from: Place | undefined): Intake {
  let head: Uint8Array | undefined = new Uint8Array(0)
  let decoder: Decoder | undefined
  let dead: unknown

  const start = (encoding: string, byte: number): Decoder => {
    const made = new Decoder(encoding)
    reader.begin(made.name, made.width, byte)
    return made
  }
  const take = (bytes: Uint8Array, final: boolean): void => {
    let left = bytes
    if (decoder === undefined && from !== undefined) decoder = start(from.encoding, from.byte)
    if (decoder === undefined) {
      head = head === undefined || head.length === 0 ? left.slice() : Buffer.concat([head, left])
      const found = sniff(head, final)
      if (found === undefined) return
      decoder = start(found.name, found.skip)
      left = head.subarray(found.skip)
      head = undefined
    }
    for (let at = 0; at < left.length; at += PIECE) {
      const { text, broken } = decoder.decode(left.subarray(at, at + PIECE))
      if (text !== '') reader.take(text)
      if (broken)
        throw reader.broken(`the bytes here are not ${decoder.name}: send the file in the encoding that it declares`)
    }
  }
  const alive = (work: () => void): void => {
    if (dead !== undefined) throw dead
    try {
      work()
    } catch (thrown) {
      dead = thrown
      throw thrown
    }
  }
  return {
    push: (bytes) => alive(() => take(bytes, false)),
    end: () =>
      alive(() => {
        take(new Uint8Array(0), true)
        if (decoder?.whole === false) throw reader.broken('the file ends in the middle of a character')
        reader.end()
      }),
  }
}
