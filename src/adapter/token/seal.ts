import { CompactEncrypt, compactDecrypt } from 'jose'
import { TielineError } from '../../core/error.ts'
import { TOKEN_KEY } from '../../declare/credential/credential.ts'
import type { Secrets } from '../../port/secrets.ts'

const HEADER = Object.freeze({ alg: 'dir', enc: 'A256GCM' })
const OPENING = Object.freeze({ keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] })
const KEY_BYTES = 32

/** Encrypts with the newest key, decrypts with any: JWE (RFC 7516), direct key, A256GCM. */
export interface Seal {
  seal(text: string): Promise<string>
  /** Undefined when none of the keys fits. */
  open(sealed: string): Promise<string | undefined>
}

export function sealOf(keys: readonly Uint8Array[]): Seal {
  const [newest] = keys
  if (newest === undefined) throw new TielineError('CONFIG_INVALID', `secret ${TOKEN_KEY}: no key`)
  return {
    seal: (text) => new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(HEADER).encrypt(newest),
    open: async (sealed) => {
      for (const key of keys) {
        try {
          return new TextDecoder().decode((await compactDecrypt(sealed, key, OPENING)).plaintext)
        } catch {
          // another key may fit
        }
      }
      return undefined
    },
  }
}

/** The keys in TIELINE_TOKEN_KEY, newest first; empty when it is not set. @throws {TielineError} CONFIG_INVALID; the value is not told */
export function keysIn(secrets: Secrets): readonly Uint8Array[] {
  return secrets.read(TOKEN_KEY).map((text) => {
    const key = /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : new Uint8Array()
    if (key.byteLength === KEY_BYTES) return key
    throw new TielineError(
      'CONFIG_INVALID',
      `secret ${TOKEN_KEY}: use ${KEY_BYTES} bytes in base64: openssl rand -base64 32`,
      {
        disposition: 'retry',
      },
    )
  })
}
