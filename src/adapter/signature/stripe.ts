import type { KeyObject } from 'node:crypto'
import { hmac } from './hmac.ts'

/**
 * MAC of a Stripe webhook: HMAC-SHA256 over `<seconds>.<raw body>`, as lower-case hex. The key is the whole secret as UTF-8,
 * `whsec_` included, not decoded. Source: docs.stripe.com/webhooks#verify-manually.
 * @param seconds time of signing as it stands in the header, in seconds since 1970
 */
export function stripeMac(key: string | KeyObject, seconds: string, body: Uint8Array): string {
  return hmac(key, `${seconds}.`, body, '', 'hex')
}

/**
 * Value of `Stripe-Signature` for these secrets: one `v1` for each, as Stripe sends while a secret is being rotated.
 * @param seconds time of signing, in whole seconds since 1970
 */
export function signStripe(secrets: string | readonly string[], seconds: number, body: Uint8Array): string {
  const time = String(Math.floor(seconds))
  const all = typeof secrets === 'string' ? [secrets] : secrets
  return [`t=${time}`, ...all.map((secret) => `v1=${stripeMac(secret, time, body)}`)].join(',')
}
