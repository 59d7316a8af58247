import type { KeyObject } from 'node:crypto'
import { hmac } from './hmac.ts'

/**
 * `X-Hub-Signature-256`: `sha256=` and HMAC-SHA256 over the raw body in lower-case hex; the key is the webhook's secret. No time is
 * signed. Source: docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
 */
export function signGithub(secret: string | KeyObject, body: Uint8Array): string {
  return `sha256=${hmac(secret, '', body, '', 'hex')}`
}
