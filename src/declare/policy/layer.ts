/** One layer of a policy, as plain data: JSON, frozen, the same in every process. */
export type Layer = TimeoutLayer | RetryLayer | HedgeLayer | FallbackLayer | GateLayer

/** A layer that may hold a call back. Its state belongs to a resource, and is shared by all calls that use it. */
export type GateLayer = BreakerLayer | BulkheadLayer | RateLimitLayer | AdaptiveLayer | BudgetLayer

/** What a gate protects: the connector's account, one operation of it, or one tenant's share of it. */
export type Each = 'connector' | 'operation' | 'tenant'

export interface TimeoutLayer {
  readonly kind: 'timeout'
  /** For everything inside this layer. */
  readonly ms: number
  /** Until the request is on a connection. */
  readonly connectMs?: number
  /** From the start of the exchange until the status and headers of the answer are here. */
  readonly firstByteMs?: number
}

export type Jitter = 'full' | 'equal' | 'decorrelated'

export interface RetryLayer {
  readonly kind: 'retry'
  /** Tries in all, the first included. */
  readonly attempts: number
  readonly baseMs: number
  readonly maxMs: number
  readonly jitter: Jitter
  readonly budget?: BudgetLayer
}

/** How many retries calls may cause: by their number, or by tokens that success gives back. */
export type BudgetLayer = RatioBudget | TokenBudget

export interface RatioBudget {
  readonly kind: 'retry budget'
  readonly by: 'ratio'
  readonly each: Each
  /** Retries for each call. */
  readonly ratio: number
  /** Retries a second that are allowed whatever the number of calls. */
  readonly minPerSecond: number
  readonly withinMs: number
}

export interface TokenBudget {
  readonly kind: 'retry budget'
  readonly by: 'tokens'
  readonly each: Each
  readonly tokens: number
  readonly retryCost: number
  /** Of a retry after a timeout. */
  readonly timeoutCost: number
  /** Tokens that a good answer gives back. */
  readonly refund: number
}

export interface BreakerLayer {
  readonly kind: 'breaker'
  readonly each: Each
  /** What is looked at: the last calls, or the last while. */
  readonly window: { readonly calls: number } | { readonly ms: number }
  /** It opens at so many failures in the window. */
  readonly failures?: number
  /** … or at this share of the calls in it. */
  readonly failureRate?: number
  readonly slowAfterMs?: number
  /** … or when this share of the calls took longer than `slowAfterMs`. */
  readonly slowRate?: number
  /** Calls in the window before a rate says anything. */
  readonly minimum: number
  readonly halfOpenAfterMs: number
  /** Calls that are let through half open, and that decide. */
  readonly probes: number
}

export interface BulkheadLayer {
  readonly kind: 'bulkhead'
  readonly each: Each
  /** Calls at the same time. */
  readonly limit: number
}

export interface RateLimitLayer {
  readonly kind: 'rate limit'
  readonly each: Each
  readonly by: 'token bucket' | 'sliding window'
  /** Calls in `perMs`. */
  readonly limit: number
  readonly perMs: number
  /** Calls that an idle bucket lets go at once, on top of its even pace. A sliding window has none: up to `limit` may go at once. */
  readonly burst: number
}

export interface AdaptiveLayer {
  readonly kind: 'adaptive'
  readonly each: Each
  readonly by: 'gradient' | 'vegas' | 'aimd'
  readonly min: number
  readonly max: number
  readonly initial: number
  /** `aimd`: a call that took longer counts as failed. */
  readonly slowAfterMs?: number
}

export interface HedgeLayer {
  readonly kind: 'hedge'
  /** A further call begins after so long; without it, after the 95th percentile of what was seen. */
  readonly afterMs?: number
  /** Further calls at most. */
  readonly max: number
}

/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

export interface FallbackLayer {
  readonly kind: 'fallback'
  readonly value: Json
  readonly why: string
}

/** A value: name it once, share it. Layers are outermost first. */
export interface Policy {
  readonly kind: 'policy'
  readonly layers: readonly Layer[]
}

export function isGate(layer: Layer): layer is GateLayer {
  switch (layer.kind) {
    case 'breaker':
    case 'bulkhead':
    case 'rate limit':
    case 'adaptive':
    case 'retry budget':
      return true
    case 'timeout':
    case 'retry':
    case 'hedge':
    case 'fallback':
      return false
  }
}
