import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import type { SecretRef } from '../secret/secret.ts'
import { type Rate, type RateSpec, rateOf } from './rate.ts'

/** How a sender proves who it is. The gateway knows each scheme by name; `outbox` is written to the store's database. */
export type Scheme = 'stripe' | 'standard-webhooks' | 'hubspot-v3' | 'shopify' | 'github' | 'cloudevents' | 'outbox'

/** One event as its sender means it, before any mapping. */
export interface SourceEvent {
  readonly id: string
  /**
   * What repeats are recognised by, within one endpoint. Default: the id. Set where the sender's id alone is not unique: a CloudEvent is
   * identified by source and id together (CloudEvents 1.0, "id").
   */
  readonly identity?: string
  readonly type: string
  /** Context attributes to keep: `time`, `subject`, `datacontenttype` … */
  readonly attributes: Readonly<Record<string, string>>
  /** The parsed event; what `Source.body` picks from. */
  readonly data: unknown
  /** The bytes of `data`. Absent: the request's own body. */
  readonly raw?: Uint8Array
}

export interface ReadRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON body. */
  readonly body: unknown
}

export interface EndpointSpec {
  /** Path `/in/<name>`; also the `source` of its messages. */
  readonly name: string
  readonly scheme: Scheme
  /** The signing secret; while rotating, its two newest values are both good. */
  readonly secret?: SecretRef
  /** Older and younger signatures are refused. Milliseconds. Default 300 000. */
  readonly toleranceMs?: number
  /** Larger bodies are answered 413. Bytes. Default 1 MiB. */
  readonly maxBytes?: number
  /** Deeper JSON is answered 400. Default 64. */
  readonly maxDepth?: number
  /** The address that the sender calls, where it is part of what is signed (HubSpot): `https://hooks.example.com`. */
  readonly publicUrl?: string
  /** More is answered 429. Default: as much as the store takes. */
  readonly rate?: RateSpec | undefined
  /** The events in a verified request. Throws TielineError BODY_MALFORMED where the envelope is wrong. */
  readonly read: (request: ReadRequest) => readonly SourceEvent[]
  /** What every event of this sender has: broken is 422 and quarantined. */
  readonly envelope?: Contract<unknown>
}

/** A declared receiving end: who may send here, and how that is proven. */
export interface Endpoint extends Required<Omit<EndpointSpec, 'secret' | 'publicUrl' | 'rate' | 'envelope'>> {
  readonly kind: 'endpoint'
  readonly secret: SecretRef | undefined
  readonly publicUrl: string | undefined
  readonly rate: Rate | undefined
  readonly envelope: Contract<unknown> | undefined
}

const DEFAULTS = Object.freeze({
  toleranceMs: 300_000, // the five minutes of Stripe, Standard Webhooks and HubSpot
  maxBytes: 1_048_576,
  maxDepth: 64, // JSON.stringify overflows the stack near 100,000; nobody sends 64
})

/** @throws {TielineError} DECLARATION_INVALID naming the field */
export function endpoint(spec: EndpointSpec): Endpoint {
  return Object.freeze({
    ...DEFAULTS,
    ...spec,
    kind: 'endpoint',
    name: checkName('source', spec.name),
    secret: spec.secret,
    publicUrl: spec.publicUrl,
    rate: spec.rate === undefined ? undefined : rateOf(spec.name, spec.rate),
    envelope: spec.envelope,
  })
}

declare const carries: unique symbol

/** Events of one type (or all) from one endpoint, as values of type E. What a flow and a mapping start from. */
export interface Source<out E> {
  readonly kind: 'source'
  readonly endpoint: Endpoint
  /** Event type, or `*` for all. */
  readonly type: string
  /** Broken is 422 and quarantined. */
  readonly contract: Contract<unknown> | undefined
  /** The part of a parsed event that mappings see. */
  readonly body: (event: unknown) => unknown
  readonly [carries]?: E
}

export interface SourceSpec {
  readonly endpoint: Endpoint
  readonly type: string
  readonly contract?: Contract<unknown>
  readonly body?: (event: unknown) => unknown
}

const whole = (event: unknown): unknown => event

export function source<E>(spec: SourceSpec): Source<E> {
  return Object.freeze({
    kind: 'source',
    endpoint: spec.endpoint,
    type: spec.type,
    contract: spec.contract,
    body: spec.body ?? whole,
  }) as Source<E>
}
