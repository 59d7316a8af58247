import { TielineError } from '../../core/error.ts'
import type { Batch } from '../../declare/flow/flow.ts'
import type { Layer } from '../../declare/policy/policy.ts'
import type { Operation } from '../../declare/target/operation.ts'
import type { Terms } from '../act.ts'
import { type Held, LEASE_MARGIN_MS } from '../held.ts'

/** One call that may share a request with others. */
export interface Call<I, O> {
  /** The flow's own, by identity: calls of different flows never share a request. */
  readonly limits: Batch
  /** Has `spec.batch`. */
  readonly operation: Operation<I, O>
  readonly input: I
  readonly terms: Terms
  /** Told once when its request leaves. */
  readonly leaves?: () => void
}

/** A call that waits for its outcome. */
export interface Item {
  readonly call: Call<unknown, unknown>
  /** No other item with one of these shares its request: its idempotency key, and what it is about. */
  readonly keys: readonly string[]
  /** Of its input as JSON. */
  readonly bytes: number
  /** The rest of its time is for the call. Monotonic. */
  readonly latestMono: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: TielineError) => void
}

/** Calls may share a request when these are the same: a policy with a gate of each tenant keeps tenants apart. */
export function mayShare(a: Call<unknown, unknown>, b: Call<unknown, unknown>): boolean {
  return (
    a.limits === b.limits &&
    a.operation === b.operation &&
    a.terms.layers === b.terms.layers &&
    (a.terms.tenant === b.terms.tenant || !a.terms.layers.some(isOfTenant))
  )
}

function isOfTenant(layer: Layer): boolean {
  if (layer.kind === 'retry') return layer.budget?.each === 'tenant'
  return 'each' in layer && layer.each === 'tenant'
}

const utf8 = new TextEncoder()

/** @throws {TielineError} REQUEST_INVALID when the input has no JSON form; what `key` throws */
export function itemOf(call: Call<unknown, unknown>, nowMono: number, settle: Pick<Item, 'resolve' | 'reject'>): Item {
  const { operation, input, terms } = call
  const about = operation.spec.batch?.key?.(input)
  return {
    call,
    keys: [`effect ${terms.idempotencyKey}`, ...(about === undefined ? [] : [`about ${about}`])],
    bytes: bytesOf(input),
    latestMono: nowMono + (terms.held.deadlineMono - nowMono) / 2,
    ...settle,
  }
}

/** The lease of its work is over, or will be before the call could end. */
export function isLost({ over, untilMono }: Held, nowMono: number): boolean {
  return over || nowMono + LEASE_MARGIN_MS > untilMono
}

/** When an item must be sent, however few others there are: leases are renewed long before, unless the store does not answer. */
export function lastMono({ call, latestMono }: Item): number {
  return Math.min(latestMono, call.terms.held.untilMono - 2 * LEASE_MARGIN_MS)
}

function bytesOf(input: unknown): number {
  try {
    return utf8.encode(JSON.stringify(input)).length
  } catch (cause) {
    throw new TielineError('REQUEST_INVALID', `the input is not JSON: ${(cause as Error).message}`, { cause })
  }
}
