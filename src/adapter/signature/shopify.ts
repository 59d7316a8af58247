import type { KeyObject } from 'node:crypto'
import { hmac } from './hmac.ts'

/**
 * `X-Shopify-Hmac-SHA256`: HMAC-SHA256 over the raw body in base64; the key is the app's client secret. No time is signed.
 * Source: shopify.dev/docs/apps/build/webhooks/subscribe/https, "Verify the webhook".
 */
export function signShopify(secret: string | KeyObject, body: Uint8Array): string {
  return hmac(secret, '', body, '', 'base64')
}
