import type { TielineError } from '../core/error.ts'
import type { Layer } from '../declare/policy/layer.ts'
import type { Connector, Operation } from '../declare/target/operation.ts'
import type { Host } from '../port/host.ts'
import type { Held } from './held.ts'
import type { Admissions, Resource } from './policy/admission.ts'
import { callOf } from './policy/call.ts'
import { chainOf } from './policy/chain.ts'

/** What one call is made under. */
export interface Terms {
  readonly held: Held
  readonly idempotencyKey: string
  /** From 1. */
  readonly attempt: number
  /** The policy's layers, outermost first. */
  readonly layers: readonly Layer[]
  readonly stop: AbortSignal
  /** Where the gates of the policy are. */
  readonly admissions: Admissions
  /** '' where there is none. */
  readonly tenant: string
  /** Told of every answer, so that gates can learn from its headers; `error` is what it was classified as. */
  readonly seen?: Seen
}

export type Seen = (
  resource: Resource,
  connector: Connector,
  headers: Readonly<Record<string, string>>,
  error: TielineError | undefined,
) => void

/**
 * Performs one operation: policy around request half, HTTP, response half. Every try checks the lease first, and carries the same key.
 * @throws {TielineError} classified: retry (with the provider's Retry-After) or stop; GATE_CLOSED, with a pause, where a gate holds it back
 */
export async function perform<I, O>(host: Host, operation: Operation<I, O>, input: I, terms: Terms): Promise<O> {
  const run = chainOf(operation.spec, terms.layers, terms.admissions)
  return run(callOf(host, operation.spec, input, terms)) as Promise<O>
}
