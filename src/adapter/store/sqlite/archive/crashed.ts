import { existsSync } from 'node:fs'
import { Inflight } from '../inflight.ts'

/** Work that was leased when the last process died: a start would count a crash for each, and so does a move. */
export function crashedOf(path: string, opened: number): readonly number[] {
  if (!existsSync(`${path}-inflight`)) return []
  const inflight = new Inflight(path)
  const left = inflight.left(opened)
  inflight.close()
  return left
}
