import { signShopify } from '../../adapter/signature/shopify.ts'
import { sameText } from './same-text.ts'
import type { SignedRequest, Verdict } from './verdict.ts'

/** `X-Shopify-Hmac-SHA256` over the body alone. No time is signed: only deduplication stops a replay. */
export function verifyShopify(request: SignedRequest, secrets: readonly string[]): Verdict {
  const signature = request.headers['x-shopify-hmac-sha256']
  if (signature === undefined) return 'missing'
  if (typeof signature !== 'string') return 'malformed'
  return secrets.some((secret) => sameText(signShopify(secret, request.body), signature)) ? 'genuine' : 'mismatch'
}
