import { hash } from 'node:crypto'
import type { Digest } from '../port/digest.ts'

/** SHA-256 by OpenSSL, in one call. */
export const sha256: Digest = (text) => hash('sha256', text, 'base64url')
