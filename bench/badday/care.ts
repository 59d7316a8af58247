/** What both systems are told of each provider. */
export const CARE = {
  /** Calls at the same time. */
  concurrency: 20,
  perSecond: 100,
  /** In process. */
  tries: 2,
  timeoutMs: 2_000,
  breaker: { failureRate: 0.5, withinMs: 10_000, halfOpenAfterMs: 5_000 },
  /** In all, the durable ones. */
  attempts: 50,
  backoff: { baseMs: 1_000, maxMs: 10_000 },
} as const
