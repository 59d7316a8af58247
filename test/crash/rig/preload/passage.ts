import type { Point } from '../plan/points.ts'

/** Names the point at which this process kills itself, and at which passage. Threads inherit both, and count for themselves. */
export const POINT_VARIABLE = 'TIELINE_RIG_POINT'
export const PASSAGE_VARIABLE = 'TIELINE_RIG_PASSAGE'

export const wanted: string | undefined = process.env[POINT_VARIABLE]
let left = Number(process.env[PASSAGE_VARIABLE] ?? 1)

/** Whether this is the passage that was asked for. */
export function isTime(point: Point): boolean {
  return point === wanted && --left === 0
}

/** Ends the process here and now when its time has come: the system runs none of its code after this call. */
export function passing(point: Point): void {
  if (isTime(point)) end()
}

export function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
