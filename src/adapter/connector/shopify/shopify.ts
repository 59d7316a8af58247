import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RateSpec } from '../../../declare/source/rate.ts'
import { type Endpoint, endpoint, type Source, source } from '../../../declare/source/source.ts'
import { readShopifyEvent, type ShopifyBody, type ShopifyEvents } from './event.ts'

export interface ShopifyOptions {
  /** Path `/in/<name>`. Default `shopify`. */
  readonly name?: string
  /** The app's client secret. After a rotation Shopify may sign with the old one for an hour: both values are good meanwhile. */
  readonly webhookSecret: SecretRef
  /** Larger bodies are answered 413. Bytes. Default 1 MiB. */
  readonly maxBytes?: number
  /** More is answered 429: `{ limit: 200, per: '1s' }`. Default: as much as the store takes. */
  readonly rate?: RateSpec
}

export interface ShopifySources {
  readonly endpoint: Endpoint
  /** Events of one topic. */
  on<T extends keyof ShopifyEvents>(topic: T): Source<ShopifyEvents[T]>
  /** Events of a topic that `on` does not know yet. */
  other(topic: string): Source<ShopifyBody>
  /** Events of every topic. */
  any(): Source<ShopifyBody>
}

/** Shopify's webhooks: `shopify({ webhookSecret: secret('SHOPIFY_SECRET') }).on('orders/paid')`. */
export function shopify(options: ShopifyOptions): ShopifySources {
  const { name = 'shopify', webhookSecret, maxBytes, rate } = options
  const from = endpoint({
    name,
    scheme: 'shopify',
    secret: webhookSecret,
    read: readShopifyEvent,
    rate,
    ...(maxBytes === undefined ? undefined : { maxBytes }),
  })
  return Object.freeze({
    endpoint: from,
    on: <T extends keyof ShopifyEvents>(topic: T): Source<ShopifyEvents[T]> => source({ endpoint: from, type: topic }),
    other: (topic: string): Source<ShopifyBody> => source({ endpoint: from, type: topic }),
    any: (): Source<ShopifyBody> => source({ endpoint: from, type: '*' }),
  })
}
