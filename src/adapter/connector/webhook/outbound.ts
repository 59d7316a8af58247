import type { SecretRef } from '../../../declare/secret/secret.ts'
import {
  type Connector,
  type Operation,
  operation,
  type RequestContext,
  type RequestParts,
} from '../../../declare/target/operation.ts'
import { signStandard } from '../../signature/standard-webhooks.ts'
import { type Calling, connector, invalid } from '../http/connector.ts'
import { toJson } from '../http/json.ts'
import { WEBHOOK_FAULTS } from './faults.ts'

export interface WebhookOptions extends Calling {
  /** Where the receiver listens. */
  readonly url: string
  /** `whsec_…`, or `whsk_…` for ed25519. While it is rotated each request is signed with both values, so the receiver may change at its leisure. */
  readonly secret: SecretRef
}

export interface WebhookMessage {
  /** Full-stop delimited: `invoice.paid`. */
  readonly type: string
  readonly data: unknown
  /** When it happened, ISO 8601: a part of what is sent, the same in every attempt. Default: left out. */
  readonly timestamp?: string
}

export interface Webhook {
  readonly connector: Connector
  /** The key of the effect is the `webhook-id`; the time of signing is fresh in each attempt. */
  readonly send: Operation<WebhookMessage, { readonly status: number }>
}

/**
 * Sends signed webhooks by Standard Webhooks 1.0: `webhook('app', { url: 'https://app.example.com/hooks', secret: secret('APP_HOOKS') }).send`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function webhook(name: string, options: WebhookOptions): Webhook {
  const { secret } = options
  const url = URL.parse(options.url)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw invalid(name, 'url: use an absolute http: or https: address')
  if (url.username !== '' || url.password !== '')
    throw invalid(name, 'url: leave name and password out; requests are signed')
  const target = connector({ ...options, name, baseUrl: url.origin, secrets: [secret.secret], faults: WEBHOOK_FAULTS })
  const path = url.pathname + url.search
  const request = (message: WebhookMessage, context: RequestContext): RequestParts => {
    const { type, timestamp, data } = message
    const body = toJson(timestamp === undefined ? { type, data } : { type, timestamp, data })
    const id = context.idempotencyKey
    const seconds = Math.floor(context.nowMs / 1_000)
    const bytes = Buffer.from(body)
    const signatures = context.secret(secret.secret).map((value) => signStandard(value, id, seconds, bytes))
    return {
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tieline',
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signatures.join(' '),
      },
      body,
    }
  }
  return Object.freeze({
    connector: target,
    send: operation<WebhookMessage, { readonly status: number }>({
      connector: target,
      name: 'send',
      idempotency: Object.freeze({ by: 'header', name: 'webhook-id' }),
      request,
      response: ({ status }) => ({ status }),
    }),
  })
}
