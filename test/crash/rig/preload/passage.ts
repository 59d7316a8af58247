import type { Point } from '../plan/points.ts'

/** Names the point at which this process kills itself, at which passage, and when to begin to count. Threads inherit them, and count for themselves. */
export const POINT_VARIABLE = 'TIELINE_RIG_POINT'
export const PASSAGE_VARIABLE = 'TIELINE_RIG_PASSAGE'
export const CALM_VARIABLE = 'TIELINE_RIG_CALM_MS'

export const wanted: string | undefined = process.env[POINT_VARIABLE]
let left = Number(process.env[PASSAGE_VARIABLE] ?? 1)
const from = performance.now() + Number(process.env[CALM_VARIABLE] ?? 0)

/** Whether this is the passage that was asked for. */
export function isTime(point: Point): boolean {
  return point === wanted && performance.now() >= from && --left === 0
}

/** Ends the process here and now when its time has come: the system runs none of its code after this call. */
export function passing(point: Point): void {
  if (isTime(point)) end()
}

export function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
