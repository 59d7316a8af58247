import { TielineError } from '../../../core/error.ts'

/** How many bytes a character takes: by its own rules in UTF-8, by UTF-16 unit, or one. */
export type Width = 'utf-8' | 'utf-16' | 'single'

/**
 * The encodings of files that partners send, by the WHATWG Encoding Standard: UTF-8, UTF-16, and the single-byte ones. By that standard
 * ISO-8859-1 and US-ASCII are read as Windows-1252, which is what such files hold.
 * @throws {TielineError} BODY_MALFORMED when the label is none of these
 */
export function encodingOf(label: string): { readonly name: string; readonly width: Width } {
  let name: string
  try {
    name = new TextDecoder(label).encoding
  } catch {
    name = ''
  }
  if (name === 'utf-8') return { name, width: 'utf-8' }
  if (name === 'utf-16le' || name === 'utf-16be') return { name, width: 'utf-16' }
  if (/^(?:iso-8859-|windows-125|windows-874|koi8|ibm866|macintosh)/.test(name)) return { name, width: 'single' }
  throw new TielineError('BODY_MALFORMED', 'the encoding is not known here: use UTF-8, UTF-16 or a single-byte one')
}

/** The encoding that a byte order mark says, and its length. */
export function byteOrderMark(bytes: Uint8Array): { readonly name: string; readonly length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { name: 'utf-8', length: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: 'utf-16le', length: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { name: 'utf-16be', length: 2 }
  return undefined
}

/** How many bytes a text takes in an encoding of this width. */
export function bytesOf(text: string, width: Width): number {
  if (width === 'single') return text.length
  return width === 'utf-16' ? text.length * 2 : Buffer.byteLength(text)
}
