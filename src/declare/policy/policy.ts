import type { Duration } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { oneOf, policyOf, span, whole } from './bound.ts'
import { type BudgetLayer, isGate, type Jitter, type Policy } from './layer.ts'

export type {
  Each,
  FallbackLayer,
  GateLayer,
  HedgeLayer,
  Json,
  Layer,
  Policy,
  RetryLayer,
  TimeoutLayer,
} from './layer.ts'

/**
 * Composes policies, outermost first: `policy(retry({ attempts: 3 }), timeout('10s'))`. In process, around one call: for seconds.
 * Anything longer waits durably in the store (the flow's `retry`).
 * @throws {TielineError} DECLARATION_INVALID when the same gate stands in it twice
 */
export function policy(...parts: readonly Policy[]): Policy {
  const layers = parts.flatMap((part) => part.layers)
  const gates = layers.filter(isGate).map((layer) => JSON.stringify(layer))
  const twice = layers.filter(isGate).find((_, i) => gates.indexOf(gates[i] as string) !== i)
  if (twice !== undefined)
    throw new TielineError('DECLARATION_INVALID', `policy: the same ${twice.kind} stands in it twice; leave one out`)
  return deepFreeze({ kind: 'policy', layers })
}

/**
 * What is inside ends after so long with HTTP_TIMEOUT: `timeout('10s')`, or with the parts of the exchange,
 * `timeout({ total: '10s', connect: '1s', firstByte: '5s' })`. `connect` counts until the request is on a connection, `firstByte` until
 * the head of the answer is here, both from the start of the exchange.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function timeout(
  after: Duration | { readonly total: Duration; readonly connect?: Duration; readonly firstByte?: Duration },
): Policy {
  if (typeof after === 'string') return policyOf({ kind: 'timeout', ms: span('timeout', after) })
  const { total, connect, firstByte } = after
  const ms = span('timeout total', total)
  const inside = (field: string, value: Duration): number => {
    const part = span(`timeout ${field}`, value)
    if (part <= ms) return part
    throw new TielineError('DECLARATION_INVALID', `timeout ${field} '${value}': it is longer than total '${total}'`)
  }
  return policyOf({
    kind: 'timeout',
    ms,
    ...(connect === undefined ? {} : { connectMs: inside('connect', connect) }),
    ...(firstByte === undefined ? {} : { firstByteMs: inside('firstByte', firstByte) }),
  })
}

export interface RetryOptions {
  /** Tries in all, the first included; 1 to 10. */
  readonly attempts: number
  /** First pause at most so long. Default `'100ms'`. */
  readonly base?: Duration
  /** No pause is longer; where the provider asks for more, the call fails and the flow's retry waits. Default `'2s'`. */
  readonly max?: Duration
  /** How chance spreads the pauses. Default `'full'`. */
  readonly jitter?: Jitter
  /** What retries may add to the load: `retryBudget({ … })`. Default: only `attempts` limits them. */
  readonly budget?: BudgetLayer
}

/**
 * Tries again in process. Longer pauses belong to the flow's durable retry.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function retry(options: RetryOptions): Policy {
  const { attempts, base = '100ms', max = '2s', jitter = 'full', budget } = options
  return policyOf({
    kind: 'retry',
    attempts: whole('retry attempts', attempts, 1, 10, "; longer belongs to the flow's retry"),
    baseMs: span('retry base', base),
    maxMs: span('retry max', max),
    jitter: oneOf('retry jitter', jitter, ['full', 'equal', 'decorrelated']),
    ...(budget === undefined ? {} : { budget }),
  })
}
