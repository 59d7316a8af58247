import type { Contract } from '../../../declare/contract/contract.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import { eventObject, eventText } from '../../../declare/source/event-field.ts'
import type { RateSpec } from '../../../declare/source/rate.ts'
import {
  type Endpoint,
  endpoint,
  type ReadRequest,
  type Source,
  type SourceEvent,
  source,
} from '../../../declare/source/source.ts'

export interface StandardWebhooksOptions {
  /** Path `/in/<name>`. Default `standard`. */
  readonly name?: string
  /** `whsec_…`, or `whpk_…` for ed25519; while rotating, its two newest values are both good. */
  readonly secret: SecretRef
  /** Older and younger signatures are refused. Milliseconds. Default 300 000. */
  readonly toleranceMs?: number
  /** Larger bodies are answered 413. Bytes. Default 1 MiB. */
  readonly maxBytes?: number
  /** More is answered 429: `{ limit: 200, per: '1s' }`. Default: as much as the store takes. */
  readonly rate?: RateSpec
}

/** The payload that the specification recommends: `data` may also be spread over the top level. */
export interface StandardEvent {
  readonly type: string
  readonly timestamp?: string
  readonly data?: unknown
  readonly [field: string]: unknown
}

export interface StandardWebhooks {
  readonly endpoint: Endpoint
  /** Whole payloads of one type. With a contract, what breaks it is answered 422 and quarantined. */
  on<E>(type: string, contract: Contract<E>): Source<E>
  on(type: string): Source<StandardEvent>
  /** Whole payloads of every type. */
  any(): Source<StandardEvent>
}

/** Receives webhooks of any sender that follows Standard Webhooks 1.0: `standardWebhooks({ secret: secret('PARTNER') }).any()`. */
export function standardWebhooks(options: StandardWebhooksOptions): StandardWebhooks {
  const { name = 'standard', secret, toleranceMs, maxBytes, rate } = options
  const from = endpoint({
    name,
    scheme: 'standard-webhooks',
    secret,
    read,
    rate,
    ...(toleranceMs === undefined ? undefined : { toleranceMs }),
    ...(maxBytes === undefined ? undefined : { maxBytes }),
  })
  return Object.freeze({
    endpoint: from,
    on: <E>(type: string, contract?: Contract<E>): Source<E> =>
      source({
        endpoint: from,
        type,
        ...(contract === undefined ? undefined : { contract: contract as Contract<unknown> }),
      }),
    any: (): Source<StandardEvent> => source({ endpoint: from, type: '*' }),
  })
}

/** `webhook-id` is the same in every attempt. */
function read({ headers, body }: ReadRequest): readonly SourceEvent[] {
  const event = eventObject(body)
  const { timestamp } = event
  return [
    {
      id: eventText(headers['webhook-id'], 'header webhook-id'),
      type: eventText(event['type'], 'type'),
      attributes: typeof timestamp === 'string' && timestamp.length <= 64 ? { time: timestamp } : {},
      data: event,
    },
  ]
}
