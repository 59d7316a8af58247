import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'

/** In-process policy around one call: for seconds. Anything longer waits durably in the store (the flow's `retry`). */
export type Layer = RetryLayer | TimeoutLayer

export interface RetryLayer {
  readonly kind: 'retry'
  /** Tries in all, the first included. */
  readonly attempts: number
  readonly baseMs: number
  readonly maxMs: number
}

export interface TimeoutLayer {
  readonly kind: 'timeout'
  readonly ms: number
}

/** A value: name it once, share it. Layers are outermost first. */
export interface Policy {
  readonly kind: 'policy'
  readonly layers: readonly Layer[]
}

/** Composes policies, outermost first: `policy(retry({ attempts: 3 }), timeout('10s'))`. */
export function policy(...parts: readonly Policy[]): Policy {
  return deepFreeze({ kind: 'policy', layers: parts.flatMap((part) => part.layers) })
}

/** Each try ends after so long with HTTP_TIMEOUT. */
export function timeout(after: Duration): Policy {
  return deepFreeze({ kind: 'policy', layers: [{ kind: 'timeout', ms: milliseconds(after) }] })
}

/** Tries again in process, with full jitter between `0` and `min(max, base·2ⁿ)`. Longer pauses belong to the flow's durable retry. */
export function retry(options: {
  readonly attempts: number
  readonly base?: Duration
  readonly max?: Duration
}): Policy {
  const { attempts, base = '100ms', max = '2s' } = options
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > 10) {
    throw new TielineError(
      'DECLARATION_INVALID',
      `retry attempts ${attempts}: use a whole number from 1 to 10; longer belongs to the flow's retry`,
    )
  }
  return deepFreeze({
    kind: 'policy',
    layers: [{ kind: 'retry', attempts, baseMs: milliseconds(base), maxMs: milliseconds(max) }],
  })
}
