import { createSecretKey, type KeyObject, verify } from 'node:crypto'
import {
  PREFIX,
  standardContent,
  standardKey,
  standardMac,
  standardPublicKey,
} from '../../adapter/signature/standard-webhooks.ts'
import { TielineError } from '../../core/error.ts'
import { sameText } from './same-text.ts'
import { checkStamp, readStamp } from './stamp.ts'
import type { SignedRequest, Verdict, Verify } from './verdict.ts'

const SIGNATURES = 16 // one for each active key; Svix keeps at most 11
const KEYS = 256 // parsed keys held; two for each source are in use at a time
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/ // printable, without '.': it separates the parts that are signed
const ED25519_SIGNATURE = 88 // characters of base64 of 64 bytes

/**
 * Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` (seconds), `webhook-signature` with a list of `v1,…` (HMAC, secret `whsec_…`) and
 * `v1a,…` (Ed25519, public key `whpk_…`). Keys are parsed once and kept.
 */
export function createStandardVerifier(): Verify {
  const keys = new Map<string, KeyObject | TielineError>()

  const keyOf = (secret: string): KeyObject | TielineError => {
    const known = keys.get(secret)
    if (known !== undefined) return known
    if (keys.size >= KEYS) keys.clear()
    const key = parse(secret)
    keys.set(secret, key)
    return key
  }

  return (request, secrets, nowMs, toleranceMs) => {
    const read = readHeaders(request)
    if (typeof read === 'string') return read
    const late = checkStamp(Number(read.time) * 1_000, nowMs, toleranceMs)
    if (late !== undefined) return late
    let unusable: TielineError | undefined
    let usable = 0
    for (const secret of secrets) {
      const key = keyOf(secret)
      if (key instanceof TielineError) {
        unusable = key
        continue
      }
      usable++
      if (matches(key, read, request.body)) return 'genuine'
    }
    if (usable === 0 && unusable !== undefined) throw unusable
    return 'mismatch'
  }
}

interface Read {
  readonly id: string
  readonly time: string
  readonly signatures: readonly string[]
}

function readHeaders({ headers }: SignedRequest): Read | Exclude<Verdict, 'genuine'> {
  const id = headers['webhook-id']
  const time = headers['webhook-timestamp']
  const list = headers['webhook-signature']
  if (id === undefined || time === undefined || list === undefined) return 'missing'
  if (typeof id !== 'string' || typeof time !== 'string' || typeof list !== 'string') return 'malformed'
  if (!ID.test(id) || readStamp(time) === undefined) return 'malformed'
  const signatures = list.split(' ')
  return signatures.length > SIGNATURES ? 'malformed' : { id, time, signatures }
}

function matches(key: KeyObject, { id, time, signatures }: Read, body: Uint8Array): boolean {
  if (key.type === 'secret') {
    const mac = `v1,${standardMac(key, id, time, body)}`
    return signatures.some((signature) => sameText(mac, signature))
  }
  const content = standardContent(id, time, body)
  return signatures.some((signature) => {
    if (!signature.startsWith('v1a,') || signature.length !== 4 + ED25519_SIGNATURE) return false
    const bytes = Buffer.from(signature.slice(4), 'base64')
    // The decoder skips what is not base64; only the one right spelling is taken.
    return bytes.toString('base64') === signature.slice(4) && verify(null, content, key, bytes)
  })
}

function parse(secret: string): KeyObject | TielineError {
  try {
    return secret.startsWith(PREFIX.public) ? standardPublicKey(secret) : createSecretKey(standardKey(secret))
  } catch (thrown) {
    return thrown instanceof TielineError
      ? thrown
      : new TielineError('CONFIG_INVALID', 'the secret is no Standard Webhooks key')
  }
}
