import { stripeMac } from '../../adapter/signature/stripe.ts'
import { sameText } from './same-text.ts'
import { checkStamp, readStamp } from './stamp.ts'
import type { SignedRequest, Verdict } from './verdict.ts'

const SIGNATURES = 16 // Stripe sends one for each active secret: one or two

/** `Stripe-Signature: t=…,v1=…[,v1=…][,v0=…]`, seconds; any `v1` may match. `v0` is a test scheme and ignored. */
export function verifyStripe(
  request: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  toleranceMs: number,
): Verdict {
  const header = request.headers['stripe-signature']
  if (header === undefined) return 'missing'
  if (typeof header !== 'string') return 'malformed'
  let time: string | undefined
  const given: string[] = []
  for (const part of header.split(',')) {
    if (part.startsWith('v1=')) given.push(part.slice(3))
    else if (part.startsWith('t=')) {
      if (time !== undefined) return 'malformed'
      time = part.slice(2)
    }
  }
  const seconds = time === undefined ? undefined : readStamp(time)
  if (time === undefined || seconds === undefined || given.length === 0 || given.length > SIGNATURES) return 'malformed'
  const late = checkStamp(seconds * 1_000, nowMs, toleranceMs)
  if (late !== undefined) return late
  for (const secret of secrets) {
    const mac = stripeMac(secret, time, request.body)
    for (const signature of given) if (sameText(mac, signature)) return 'genuine'
  }
  return 'mismatch'
}
