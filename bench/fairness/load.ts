import type { Stream } from '../badday/plan.ts'

/** Calls at the same time, each about 20 ms: 800 a second at most. */
export const CONCURRENCY = 16
export const PROVIDER = { delayMs: 20, jitterMs: 2, perSecond: 0 }
export const TENANTS = 20
export const PER_SECOND = 10

const common = { path: '/events', type: 'work', keys: 10 }
/** Names are those of the figures. */
export const QUIET: Stream = { ...common, name: 'others', perSecond: TENANTS * PER_SECOND, tenants: TENANTS, batch: 1 }
/** A hundred times what each of the others sends. */
export const LOUD: Stream = { ...common, name: 'loud', perSecond: 100 * PER_SECOND, tenants: 1, batch: 10, keys: 1_000 }
