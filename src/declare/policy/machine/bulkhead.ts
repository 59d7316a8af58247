import type { BulkheadLayer } from '../layer.ts'
import type { Machine } from './machine.ts'

export interface BulkheadState {
  /** The declared limit, or this worker's share of it; may be changed at any time. */
  limit: number
  running: number
}

/** Counts. A lowered limit lets the calls under way end. */
export function bulkheadMachine(layer: BulkheadLayer): Machine<BulkheadState> {
  return {
    start: () => ({ limit: layer.limit, running: 0 }),
    enter: (state) => {
      if (state.running >= state.limit) return Number.POSITIVE_INFINITY
      state.running++
      return 0
    },
    leave: (state) => {
      if (state.running > 0) state.running--
    },
    room: ({ limit, running }) => Math.max(0, Math.floor(limit) - running),
  }
}
