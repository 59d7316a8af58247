import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { TielineError } from '../../core/error.ts'
import { hmac } from './hmac.ts'

/** `standard-webhooks` specification 1.0, "Signature scheme". Prefixes of its three kinds of keys. */
export const PREFIX: Readonly<Record<'hmac' | 'private' | 'public', string>> = Object.freeze({
  hmac: 'whsec_',
  private: 'whsk_',
  public: 'whpk_',
})

const HMAC_KEY = { min: 24, max: 64 } // bytes; standard-webhooks specification, "Signing secret"
const ED25519_KEY = 32 // bytes; RFC 8032

// DER of an Ed25519 key without the key itself: SubjectPublicKeyInfo and PKCS #8, RFC 8410
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** What is signed: `<id>.<seconds>.<raw body>`. */
export function standardContent(id: string, seconds: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${id}.${seconds}.`), body])
}

/** HMAC-SHA256 of the content in base64, without the `v1,` before it. */
export function standardMac(key: Uint8Array | KeyObject, id: string, seconds: string, body: Uint8Array): string {
  return hmac(key, `${id}.${seconds}.`, body, '', 'base64')
}

/**
 * Bytes of a symmetric secret: base64 after an optional `whsec_`, 24 to 64 bytes. Unlike Stripe's secrets of the same prefix it is
 * decoded.
 * @throws {TielineError} CONFIG_INVALID; the message does not hold the secret
 */
export function standardKey(secret: string): Buffer {
  const key = decode(secret, PREFIX.hmac)
  if (key === undefined || key.length < HMAC_KEY.min || key.length > HMAC_KEY.max) {
    throw new TielineError(
      'CONFIG_INVALID',
      `a Standard Webhooks secret is whsec_ and base64 of ${HMAC_KEY.min} to ${HMAC_KEY.max} bytes`,
    )
  }
  return key
}

/**
 * The public key in `whpk_…`, which verifies `v1a` signatures.
 * @throws {TielineError} CONFIG_INVALID
 */
export function standardPublicKey(text: string): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, seed(text, PREFIX.public)]), format: 'der', type: 'spki' })
}

/**
 * The private key in `whsk_…`: the 32 bytes of the seed, or seed and public key, 64 bytes, as libsodium writes them.
 * @throws {TielineError} CONFIG_INVALID
 */
export function standardPrivateKey(text: string): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed(text, PREFIX.private)]), format: 'der', type: 'pkcs8' })
}

/**
 * One element of `webhook-signature`: `v1,…` for a `whsec_` secret, `v1a,…` for a `whsk_` private key. Join several with a space.
 * @param id neither it nor the time may hold a full stop, or two messages could have one signature
 * @param seconds time of signing, in whole seconds since 1970
 * @throws {TielineError} CONFIG_INVALID for a bad key, REQUEST_INVALID for an id with a full stop
 */
export function signStandard(secret: string, id: string, seconds: number, body: Uint8Array): string {
  if (id === '' || id.includes('.')) {
    throw new TielineError('REQUEST_INVALID', `webhook-id ${JSON.stringify(id)}: use one without a full stop`)
  }
  const time = String(Math.floor(seconds))
  if (secret.startsWith(PREFIX.private)) {
    return `v1a,${sign(null, standardContent(id, time, body), standardPrivateKey(secret)).toString('base64')}`
  }
  return `v1,${standardMac(standardKey(secret), id, time, body)}`
}

function seed(text: string, prefix: string): Buffer {
  const bytes = text.startsWith(prefix) ? decode(text, prefix) : undefined
  if (bytes?.length === ED25519_KEY) return bytes
  if (bytes?.length === 2 * ED25519_KEY && prefix === PREFIX.private) return bytes.subarray(0, ED25519_KEY)
  throw new TielineError('CONFIG_INVALID', `an Ed25519 key is ${prefix} and base64 of ${ED25519_KEY} bytes`)
}

/** Strict: what `Buffer` would skip or guess is no key. */
function decode(text: string, prefix: string): Buffer | undefined {
  const base64 = text.startsWith(prefix) ? text.slice(prefix.length) : text
  const bytes = Buffer.from(base64, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') ? bytes : undefined
}
