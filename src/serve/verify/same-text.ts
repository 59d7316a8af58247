import { timingSafeEqual } from 'node:crypto'

/**
 * Whether two signatures or tokens are the same text, in time that says nothing about where they differ. The encoded text is compared and
 * not what it decodes to: base64 and hex decoders accept several texts for one value.
 */
export function sameText(ours: string, theirs: string): boolean {
  const a = Buffer.from(ours)
  const b = Buffer.from(theirs)
  return a.length === b.length && timingSafeEqual(a, b)
}
