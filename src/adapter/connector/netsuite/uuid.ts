import { createHash } from 'node:crypto'

/** Namespace for names that are URLs or URNs, RFC 4122 appendix C. */
const NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/**
 * The UUID of a text, version 5 (RFC 4122 section 4.3): the same text gives the same UUID everywhere. NetSuite wants an idempotency key in
 * this form. SHA-1 only names here; nothing is secured by it.
 */
export function uuidOf(text: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(`urn:tieline:${text}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
