// Cockatiel's layers of the same kind. It has no retry budget and no rate limit.
import {
  bulkhead,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'

const chain = wrap(
  retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
  circuitBreaker(handleAll, {
    halfOpenAfter: 60_000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 }),
  }),
  bulkhead(8),
  timeout(10_000, TimeoutStrategy.Cooperative),
)
const nothing = async (): Promise<void> => {}

export const call = (): Promise<unknown> => chain.execute(nothing)
