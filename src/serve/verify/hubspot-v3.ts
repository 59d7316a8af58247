import { signHubspot } from '../../adapter/signature/hubspot.ts'
import { sameText } from './same-text.ts'
import { checkStamp, readStamp } from './stamp.ts'
import type { SignedRequest, Verdict } from './verdict.ts'

/** `X-HubSpot-Signature-v3` and `X-HubSpot-Request-Timestamp` (milliseconds), over method, public address, body and time. */
export function verifyHubspot(
  request: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  toleranceMs: number,
): Verdict {
  const signature = request.headers['x-hubspot-signature-v3']
  const time = request.headers['x-hubspot-request-timestamp']
  if (signature === undefined || time === undefined) return 'missing'
  if (typeof signature !== 'string' || typeof time !== 'string') return 'malformed'
  const atMs = readStamp(time)
  if (atMs === undefined) return 'malformed'
  const late = checkStamp(atMs, nowMs, toleranceMs)
  if (late !== undefined) return late
  for (const secret of secrets) {
    if (sameText(signHubspot(secret, request.method, request.uri, request.body, time), signature)) return 'genuine'
  }
  return 'mismatch'
}
