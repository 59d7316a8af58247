import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** How busy the event loop was since the last call, 0 to 1. */
export function eventLoopBusy(): () => number {
  let before: EventLoopUtilization = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}
