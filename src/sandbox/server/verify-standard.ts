import { timingSafeEqual } from 'node:crypto'
import { signStandard } from '../../adapter/signature/index.ts'
import { TielineError } from '../../core/error.ts'
import type { VerifyWebhook } from '../app/app.ts'

const TOLERANCE_MS = 300_000 // both ways; Standard Webhooks
const MAX_SIGNATURES = 10

/**
 * Verifies Standard Webhooks as a receiver does that holds these secrets (two while they are being rotated): one good signature
 * of `webhook-signature` is enough.
 */
export function standardVerifier(secrets: readonly string[]): VerifyWebhook {
  return (headers, body, nowMs) => {
    const { 'webhook-id': id = '', 'webhook-timestamp': time = '', 'webhook-signature': given = '' } = headers
    if (!/^\d{1,12}$/.test(time) || Math.abs(nowMs - Number(time) * 1_000) > TOLERANCE_MS) return false
    const signatures = given.split(' ').slice(0, MAX_SIGNATURES)
    return secrets.some((secret) => {
      const own = signed(secret, id, Number(time), body)
      return own !== undefined && signatures.some((signature) => equal(signature, own))
    })
  }
}

/** Undefined when nothing can be signed: an id with a full stop. */
function signed(secret: string, id: string, seconds: number, body: Uint8Array): string | undefined {
  try {
    return signStandard(secret, id, seconds, body)
  } catch (thrown) {
    if (thrown instanceof TielineError && thrown.code === 'REQUEST_INVALID') return undefined
    throw thrown
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.byteLength === right.byteLength && timingSafeEqual(left, right)
}
