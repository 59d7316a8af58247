/** `provider`: what the provider itself asks for, by Retry-After and by the quota in its answers. */
export type GateKind = 'breaker' | 'rate limit' | 'bulkhead' | 'adaptive' | 'budget' | 'provider'
