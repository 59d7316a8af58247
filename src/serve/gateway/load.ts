import { GATEWAY_LIMITS } from './limits.ts'
import type { Problem } from './problem.ts'

/** What the gateway is busy with, and whether it takes more. One for each gateway; changed by its requests. */
export interface Load {
  /** Bytes of bodies that are arriving or being stored. */
  heldBytes: number
  /** No more of them than this, but for a single request that has them all. */
  readonly maxHeldBytes: number
  /** Requests without an answer yet. */
  active: number
  /** Closing for good: every answer ends its connection. */
  draining: boolean
  /** Why nothing is accepted now. */
  held: Problem | undefined
}

/** @param maxHeldBytes default: that of GATEWAY_LIMITS */
export function createLoad(maxHeldBytes: number = GATEWAY_LIMITS.heldBytes): Load {
  return { heldBytes: 0, maxHeldBytes, active: 0, draining: false, held: undefined }
}
