import type { Contract } from '../contract/contract.ts'
import type { SecretRef } from '../secret/secret.ts'
import { malformed } from './event-field.ts'
import type { RateSpec } from './rate.ts'
import { type Endpoint, endpoint, type Source, source } from './source.ts'

export interface CloudEventsOptions {
  /** Also the path `/in/<name>`; the endpoint named `events` is served at `/events` as well. Default `events`. */
  readonly name?: string
  /** What senders send as `Authorization: Bearer …`; while rotating, its two newest values are both good. Default: everybody may send. */
  readonly token?: SecretRef
  /** Larger bodies are answered 413. Bytes. Default 1 MiB. */
  readonly maxBytes?: number
  /** More is answered 429: `{ limit: 200, per: '1s' }`. Default: as much as the store takes. */
  readonly rate?: RateSpec
}

/** Where CloudEvents 1.0 are received over HTTP, in binary, structured and batched form. */
export interface CloudEvents {
  readonly endpoint: Endpoint
  /** Events of one type, as their data. With a contract, what breaks it is answered 422 and quarantined. */
  on<E>(type: string, contract: Contract<E>): Source<E>
  on(type: string): Source<unknown>
  /** Events of every type, as their data. */
  any(): Source<unknown>
}

/** Declares a receiver of CloudEvents: `cloudEvents({ token: secret('EVENTS_TOKEN') }).on('customer.signed-up', SignedUp)`. */
export function cloudEvents(options: CloudEventsOptions = {}): CloudEvents {
  const { name = 'events', token, maxBytes, rate } = options
  const from = endpoint({
    name,
    scheme: 'cloudevents',
    read: unread,
    rate,
    ...(token === undefined ? undefined : { secret: token }),
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
    any: (): Source<unknown> => source({ endpoint: from, type: '*' }),
  })
}

/** The three content modes are told apart and read from the bytes of a request, before they are parsed: that is the gateway's. */
function unread(): never {
  throw malformed('CloudEvents are read from the bytes of a request, not from its parsed body')
}
