import { TielineError } from '../../../core/error.ts'
import { byteOrderMark, encodingOf } from '../text/encoding.ts'

/** The XML declaration ends before this byte, or there is none that matters. */
const MOST = 1_024

/**
 * The encoding of a document from its first bytes, by Appendix F of XML 1.0: byte order mark, then the shape of `<`, then the declaration.
 * @returns undefined when more bytes are needed
 * @throws {TielineError} BODY_MALFORMED
 */
export function sniffXml(
  bytes: Uint8Array,
  final: boolean,
): { readonly name: string; readonly skip: number } | undefined {
  if (bytes.length < 4 && !final) return undefined
  const mark = byteOrderMark(bytes)
  if (mark !== undefined) return { name: mark.name, skip: mark.length }
  if (bytes[0] === 0x3c && bytes[1] === 0) return { name: 'utf-16le', skip: 0 }
  if (bytes[0] === 0 && bytes[1] === 0x3c) return { name: 'utf-16be', skip: 0 }
  const head = Buffer.from(bytes.subarray(0, MOST)).toString('latin1')
  if (!head.startsWith('<?xml'.slice(0, head.length))) return { name: 'utf-8', skip: 0 }
  const end = head.indexOf('?>')
  if (end < 0 && bytes.length < MOST && !final) return undefined
  const label = /\sencoding\s*=\s*["']([^"']*)["']/.exec(end < 0 ? head : head.slice(0, end))?.[1]
  if (label === undefined) return { name: 'utf-8', skip: 0 }
  const { name, width } = encodingOf(label)
  if (width === 'utf-16')
    throw new TielineError(
      'BODY_MALFORMED',
      'the declaration says UTF-16, but the bytes are not: declare the encoding that the file has',
    )
  return { name, skip: 0 }
}
