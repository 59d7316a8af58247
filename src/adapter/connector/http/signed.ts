import { createHmac, hash } from 'node:crypto'
import { TielineError } from '../../../core/error.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RequestParts } from '../../../declare/target/operation.ts'
import { type Auth, auth, headerName, newest, withHeader } from './auth.ts'

/** What a signature is made over. `path` is the operation's, with its query; the path of `baseUrl` stands before it. */
export interface Signable extends RequestParts {
  /** Empty when there is none. */
  readonly body: string
  /** Seconds since 1970. */
  readonly timestamp: number
  /** The body's digest, in the signature's own algorithm and encoding: many providers sign it in place of the body. */
  readonly bodyHash: string
}

export interface SigningOptions {
  readonly secret: SecretRef
  /** Where the signature goes: `x-signature`. */
  readonly header: string
  /** Default `sha256`. */
  readonly algorithm?: 'sha256' | 'sha512'
  /** Default `hex`. */
  readonly encoding?: 'hex' | 'base64' | 'base64url'
  /** Lines that are signed, joined by a line feed; one text is signed as it is. */
  readonly over: (parts: Signable) => string | readonly string[]
  /** How the header's value is made of the signature. Default: the signature itself. */
  readonly value?: (signature: string, parts: Signable) => string
  /** More headers that the provider needs to check it: `({ timestamp }) => ({ 'x-timestamp': String(timestamp) })`. They cannot be signed headers themselves. */
  readonly headers?: (parts: Signable) => Readonly<Record<string, string>>
}

/**
 * Signs each request with an HMAC (RFC 2104): `signed({ secret: secret('BANK_KEY'), header: 'x-signature', over: ({ method, path, body,
 * timestamp }) => [method, path, String(timestamp), body], headers: ({ timestamp }) => ({ 'x-timestamp': String(timestamp) }) })`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function signed(options: SigningOptions): Auth {
  const { secret, algorithm = 'sha256', encoding = 'hex', over } = options
  const name = headerName(options.header)
  if (typeof over !== 'function') throw new TielineError('DECLARATION_INVALID', 'signed: over: say what is signed')
  return auth(secret, (parts, context) => {
    const body = parts.body ?? ''
    const timestamp = Math.floor(context.nowMs / 1_000)
    const bodyHash = hash(algorithm, body, encoding)
    const signable: Signable = { ...parts, body, timestamp, bodyHash }
    const text = over(signable)
    const lines = typeof text === 'string' ? text : text.join('\n')
    const signature = createHmac(algorithm, newest(context, secret)).update(lines).digest(encoding)
    const value = options.value?.(signature, signable) ?? signature
    const more = { ...parts.headers, ...options.headers?.(signable) }
    return withHeader({ ...parts, headers: more }, name, value)
  })
}
