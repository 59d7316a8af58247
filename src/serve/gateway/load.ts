import type { Problem } from './problem.ts'

/** What the gateway is busy with, and whether it takes more. One for each gateway; changed by its requests. */
export interface Load {
  /** Bytes of bodies that are arriving or being stored. */
  heldBytes: number
  /** Requests without an answer yet. */
  active: number
  /** Closing for good: every answer ends its connection. */
  draining: boolean
  /** Why nothing is accepted now. */
  held: Problem | undefined
}

export function createLoad(): Load {
  return { heldBytes: 0, active: 0, draining: false, held: undefined }
}
