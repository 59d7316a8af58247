import { createHmac, type KeyObject } from 'node:crypto'

/**
 * `X-Hub-Signature-256`: `sha256=` and HMAC-SHA256 over the raw body in lower-case hex; the key is the webhook's secret. No time is
 * signed. Source: docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
 */
export function signGithub(secret: string | KeyObject, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
