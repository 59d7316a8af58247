import type { Flow } from '../../declare/flow/flow.ts'

/** One request gathers while others are on their way. */
const REQUESTS = 4
/** What a flow may declare at most. */
const MOST = 4_096

/** Items of one request of this flow at most. Undefined: it sends each by itself, since it declares no batch or its operation has none. */
export function batchLimit(flow: Flow): number | undefined {
  if (flow.batch === undefined || flow.to.kind !== 'target') return undefined
  const { batch } = flow.to.call.spec
  return batch === undefined ? undefined : Math.min(flow.batch.count, batch.max)
}

/** Messages of a flow at work at the same time in one process: what it declares, or what fills its requests where that is more. */
export function slots(flow: Flow): number {
  const limit = batchLimit(flow)
  return limit === undefined ? flow.concurrency : Math.max(flow.concurrency, Math.min(MOST, REQUESTS * limit))
}
