import { signStandard, standardPrivateKey } from '../../../src/adapter/signature/index.ts'
import { BODIES, bySignature, inTime, NOW_MS, one, type Scheme, STAMPS_MS, same, URI } from './signing.ts'

/** What the sender signs with, and what the receiver knows: the same for HMAC, a public key for Ed25519. */
const KEYS = [hmac(1), hmac(2), ed25519(3), hmac(4), ed25519(5)]
const [, , , ...UNUSED] = KEYS
const IDS = ['msg_1', 'msg_2', '~', 'x'.repeat(256)]
const SIGNINGS = IDS.flatMap((id) =>
  BODIES.flatMap((body) =>
    KEYS.filter((key) => !UNUSED.includes(key)).flatMap(({ signs, receiver }) =>
      (id === 'msg_1' ? STAMPS_MS : [NOW_MS]).map((stampMs) => {
        const stamp = String(stampMs / 1_000)
        const signature = signStandard(signs, id, stampMs / 1_000, body)
        const headers = { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signature }
        return { request: { method: 'POST', uri: URI, headers, body }, secret: receiver, id, stamp, signature }
      }),
    ),
  ),
)
const SIGNED = bySignature(SIGNINGS)

/** Standard Webhooks 1.0: signatures in a list with one space between; any of up to 16 may match. No id has a full stop. */
export const standardWebhooks: Scheme = {
  name: 'verify-standard',
  about: 'webhook-id, webhook-timestamp, webhook-signature: v1 and v1a',
  secrets: KEYS.map(({ receiver }) => receiver),
  signings: SIGNINGS,
  signed({ headers, body, secrets, nowMs }) {
    const [id, stamp, list] = ['id', 'timestamp', 'signature'].map((name) => one(headers, `webhook-${name}`) ?? '')
    const given = list?.split(' ') ?? []
    if (given.length > 16 || !inTime(stamp ?? '', 1_000, nowMs)) return false
    return given.some((signature) => {
      const signing = SIGNED.get(signature)
      if (signing === undefined || signing.id !== id || signing.stamp !== stamp) return false
      return same(signing.request.body, body) && secrets.some((secret) => sameSecret(secret, signing.secret))
    })
  },
}

/** `whsec_` may be left out, and padding; HMAC fills a short key up with zero bytes (RFC 2104 section 2). */
function sameSecret(a: string, b: string): boolean {
  if (b.startsWith('whpk_')) return a.replace(/=+$/, '') === b.replace(/=+$/, '')
  const [left, right] = [a, b].map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64').toString('latin1'))
  return left?.replace(/\0+$/, '') === right?.replace(/\0+$/, '')
}

function hmac(fill: number): { readonly signs: string; readonly receiver: string } {
  const secret = `whsec_${Buffer.alloc(32, fill).toString('base64')}`
  return { signs: secret, receiver: secret }
}

function ed25519(fill: number): { readonly signs: string; readonly receiver: string } {
  const signs = `whsk_${Buffer.alloc(32, fill).toString('base64')}`
  const { x = '' } = standardPrivateKey(signs).export({ format: 'jwk' })
  return { signs, receiver: `whpk_${Buffer.from(x, 'base64url').toString('base64')}` }
}
