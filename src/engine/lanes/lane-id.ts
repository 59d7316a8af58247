import { hash53 } from '../../core/hash.ts'

/** The lane of a flow and an ordering key. Two keys with one hash share a lane: their orders merge, nothing else happens. */
export function laneId(flow: string, key: string): number {
  return hash53(`${flow}\0${key}`)
}
