import { TielineError } from '../../core/error.ts'
import type { Credential } from '../credential/credential.ts'
import type { Policy } from '../policy/policy.ts'

/** Why a repeat of this operation is safe, or that it is not. */
export type Idempotency =
  /** The provider honours a key in this header. */
  | { readonly by: 'header'; readonly name: string }
  /** The same call again leads to the same state: an upsert by a unique property, a PUT, a DELETE. */
  | { readonly by: 'state'; readonly why: string }
  /** It reads only. */
  | { readonly by: 'read' }
  /** A repeat may double the effect. */
  | { readonly by: 'none'; readonly why: string }

/** A system on the other side: its address, its secrets, how its answers are to be understood. */
export interface Connector {
  readonly kind: 'connector'
  readonly name: string
  /** `https://api.stripe.com`, without a slash at the end. */
  readonly baseUrl: string
  /** Names of the secrets that its requests need. */
  readonly secrets: readonly string[]
  readonly policy: Policy
  /** Hosts that may resolve to a private address. */
  readonly allow: readonly string[]
  readonly proxy: string | undefined
  readonly maxResponseBytes: number
  readonly faults: FaultTable
  /** A credential that is fetched and renewed, where a secret alone is not enough (OAuth 2.0). */
  readonly credential?: Credential | undefined
  /** What an answer says of the rate that is left, in the provider's own headers. Pure. Default: `RateLimit`, `RateLimit-*`, `X-RateLimit-*`. */
  readonly quota?: ((headers: Readonly<Record<string, string>>) => Quota | undefined) | undefined
}

/** What a provider says of the calls that are left to us. */
export interface Quota {
  /** Calls until the reset. */
  readonly remaining: number
  /** Milliseconds until there are more. */
  readonly resetMs: number
}

/** What a status means, as data with its source. The first row that matches decides. */
export interface FaultTable {
  /** Documentation that the rows come from. */
  readonly source: string
  readonly rows: readonly FaultRow[]
}

export interface FaultRow {
  /** A status, or a class of them: `'4xx'`. */
  readonly status: number | '3xx' | '4xx' | '5xx'
  /** Only with this error code or category in the provider's answer. */
  readonly code?: string
  readonly means: 'retry' | 'retry-after' | 'stop' | 'credential'
  /** The pause that the documentation names, in milliseconds, where the answer has no Retry-After. */
  readonly afterMs?: number
  readonly why: string
}

/** The request half of an operation, as a connector builds it: pure, no I/O. */
export interface RequestParts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query, starting with `/`. */
  readonly path: string
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What the request half may use besides its input. */
export interface RequestContext {
  readonly idempotencyKey: string
  /** From 1. */
  readonly attempt: number
  readonly nowMs: number
  /** The access token of the connector’s `credential`. */
  readonly token?: string
  /** Newest value first. Throws SECRET_MISSING when it is not set. */
  readonly secret: (name: string) => readonly string[]
}

/** An answer, decoded. */
export interface ResponseParts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Parsed on demand. Throws PROVIDER_ANSWER when it is not JSON. */
  json(): unknown
}

export interface OperationSpec<I, O> {
  readonly connector: Connector
  /** `deals.upsert` */
  readonly name: string
  readonly idempotency: Idempotency
  /** Pure. */
  readonly request: (input: I, context: RequestContext) => RequestParts
  /** Pure; only for 2xx, and what is `repeated`. Throws PROVIDER_ANSWER when the answer is not what the documentation says. */
  readonly response: (response: ResponseParts, input: I) => O
  /**
   * An answer other than 2xx that says that this very effect is there already: a 404 to a delete, a 409 that names the record which this key
   * made. `response` then reads it, and the call is done. Pure; throws nothing. Default: no answer does.
   */
  readonly repeated?: (response: ResponseParts) => boolean
  /** The same for many inputs in one request. */
  readonly batch?: BatchHalves<I, O>
}

/**
 * The halves of one request for many inputs. Each input has its own idempotency key, and its own outcome. The next attempt of an input
 * may be in other company, so a key that is for the whole request cannot make it safe: each input must be, by itself.
 */
export interface BatchHalves<I, O> {
  /** Inputs of one request at most. */
  readonly max: number
  /** Inputs with the same group may share a request. Default: all may. Pure. */
  readonly group?: (input: I) => string
  /** What an input is about: a second one about the same never shares its request. Default: none is. Pure. */
  readonly key?: (input: I) => string
  /** Pure. The context's `idempotencyKey` is that of the first item. */
  readonly request: (items: readonly BatchItem<I>[], context: RequestContext) => RequestParts
  /** Pure. One outcome for each item, in their order. Throws PROVIDER_ANSWER when the answer is not what the documentation says. */
  readonly response: (response: ResponseParts, items: readonly BatchItem<I>[]) => readonly ItemOutcome<O>[]
}

export interface BatchItem<I> {
  readonly input: I
  readonly idempotencyKey: string
}

export type ItemOutcome<O> =
  | { readonly as: 'done'; readonly value: O }
  | { readonly as: 'failed'; readonly error: TielineError }

/** Key under which the engine hands its way of performing operations to a call; not part of what users write. */
export const PERFORM: unique symbol = Symbol.for('tieline.perform')

/** What a target or a saga step gives to the operations that it calls. */
export interface CallContext {
  /** The same in every attempt and replay of this effect. */
  readonly idempotencyKey: string
  /** Aborts when the lease or the time ends, or the runtime stops. */
  readonly signal: AbortSignal
  /** From 1. */
  readonly attempt: number
  readonly [PERFORM]: <I, O>(operation: Operation<I, O>, input: I, call: CallContext) => Promise<O>
}

/** One call to one provider: callable in a saga step, and data for checks, mocks and documents. */
export interface Operation<I, O> {
  (input: I, call: CallContext): Promise<O>
  readonly spec: OperationSpec<I, O>
}

/** @throws {TielineError} DECLARATION_INVALID for a batch of no inputs, or one that a key in a header or `repeated` shall make safe */
export function operation<I, O>(spec: OperationSpec<I, O>): Operation<I, O> {
  checkBatch(spec)
  const self: Operation<I, O> = Object.assign(
    (input: I, call: CallContext): Promise<O> => call[PERFORM](self, input, call),
    {
      spec: Object.freeze(spec),
    },
  )
  return Object.freeze(self)
}

function checkBatch({
  connector,
  name,
  idempotency,
  repeated,
  batch,
}: Pick<OperationSpec<never, unknown>, 'connector' | 'name' | 'idempotency' | 'repeated' | 'batch'>): void {
  if (batch === undefined) return
  const wrong = (what: string): TielineError =>
    new TielineError('DECLARATION_INVALID', `operation ${connector.name} ${name}: batch: ${what}`)
  if (!Number.isInteger(batch.max) || batch.max < 1) throw wrong(`max ${batch.max}: use a whole number, 1 or more`)
  if (idempotency.by === 'header')
    throw wrong(
      'a key in a header is for a whole request, whose inputs change from attempt to attempt; leave batch out',
    )
  if (repeated !== undefined)
    throw wrong('`repeated` is for the answer to one input; leave it out, and give each item its own outcome')
}
