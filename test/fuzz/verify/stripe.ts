import { signStripe } from '../../../src/adapter/signature/index.ts'
import { BODIES, bySignature, inTime, one, type Scheme, STAMPS_MS, same, sameKey, URI } from './signing.ts'

const SECRETS = ['whsec_made_up_old', 'whsec_made_up_new', 'whsec_made_up_other']
const SIGNINGS = BODIES.flatMap((body) =>
  STAMPS_MS.flatMap((stampMs) =>
    SECRETS.slice(0, 2).map((secret) => {
      const seconds = stampMs / 1_000
      const header = signStripe(secret, seconds, body)
      const request = { method: 'POST', uri: URI, headers: { 'stripe-signature': header }, body }
      return { request, secret, stamp: String(seconds), signature: header.split('v1=')[1] as string }
    }),
  ),
)
const SIGNED = bySignature(SIGNINGS)

/** docs.stripe.com/webhooks#verify-manually: a list of `name=value`; the stamp once, any of up to 16 `v1`; other names do not count. */
export const stripe: Scheme = {
  name: 'verify-stripe',
  about: 'Stripe-Signature',
  secrets: SECRETS,
  signings: SIGNINGS,
  signed({ headers, body, secrets, nowMs }) {
    const parts = one(headers, 'stripe-signature')?.split(',') ?? []
    const stamps = parts.filter((part) => part.startsWith('t=')).map((part) => part.substring(2))
    const macs = parts.filter((part) => part.startsWith('v1=')).map((part) => part.substring(3))
    const [stamp = ''] = stamps
    if (stamps.length !== 1 || macs.length > 16 || !inTime(stamp, 1_000, nowMs)) return false
    return macs.some((mac) => {
      const signing = SIGNED.get(mac)
      if (signing === undefined || signing.stamp !== stamp || !same(signing.request.body, body)) return false
      return secrets.some((secret) => sameKey(secret, signing.secret))
    })
  },
}
