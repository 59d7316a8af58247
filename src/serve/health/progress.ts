import type { StoreStatus } from '../../port/store.ts'

/** When the count of finished work was last seen to grow. */
export interface Progress {
  readonly finished: number
  readonly sinceMs: number
}

/** The last observation carried on. @param nowMs of a monotonic clock */
export function observe(last: Progress | undefined, status: StoreStatus, nowMs: number): Progress {
  const finished = status.delivered + status.skipped + status.dead + status.discarded
  return last === undefined || finished !== last.finished ? { finished, sinceMs: nowMs } : last
}

/**
 * Whether work that could run stands still: some is pending and old, none of its lanes waits on purpose, and none was finished for as long.
 * @param paused an operator holds something: then standing still is meant
 */
export function standsStill(
  status: StoreStatus,
  progress: Progress,
  nowMs: number,
  { stallMs, paused }: { readonly stallMs: number; readonly paused: boolean },
): boolean {
  const free = status.pending > 0 && status.waiting === 0 && !paused
  return free && status.oldestMs > stallMs && nowMs - progress.sinceMs > stallMs
}
