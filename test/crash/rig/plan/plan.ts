import { seededRandom } from '../../../../src/sandbox/seeded-random.ts'
import { POINT_NAMES, POINTS, type Point } from './points.ts'

/** One life of the runtime and its end, which is always SIGKILL. Milliseconds count from ready. */
export type Strike =
  | { readonly as: 'at random'; readonly afterMs: number }
  /** Milliseconds from the spawn; it is killed when it says that it is ready at the latest. */
  | { readonly as: 'while starting'; readonly afterMs: number }
  | { readonly as: Point; readonly passage: number }
  /** SIGSTOP for longer than the lease, SIGCONT, and a while of work in which old leases must not be used. */
  | { readonly as: 'paused past the lease'; readonly afterMs: number; readonly forMs: number; readonly thenMs: number }
  /** No file may grow for a while, and it is killed. */
  | { readonly as: 'with a full disk'; readonly afterMs: number; readonly forMs: number }
  /** No file may grow for a while, then it must go on by itself. */
  | { readonly as: 'after a full disk'; readonly afterMs: number; readonly forMs: number; readonly thenMs: number }

export type StrikeName = Strike['as']

export interface PlanOptions {
  readonly kills: number
  readonly seed: number
  /** The machine can make a disk seem full. */
  readonly fullDisk: boolean
}

const LEASE_MS = 10_000 // src/engine/held.ts
/** After the points: shares of what is left. */
const SHARE = Object.freeze({ pause: 0.01, fullDisk: 0.025, starting: 0.06, random: 0.4 })

/** What is done to the runtime, decided by the seed alone: each named point once, as far as the kills go, then a mixture, shuffled. */
export function planOf({ kills, seed, fullDisk }: PlanOptions): readonly Strike[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least))
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one)
  const pick = (): Point => POINT_NAMES[between(0, POINT_NAMES.length)] as Point

  const names: StrikeName[] = shuffled(POINT_NAMES).slice(0, kills)
  const add = (name: StrikeName, count: number): void => {
    for (let n = 0; n < count && names.length < kills; n++) names.push(name)
  }
  add('paused past the lease', Math.round(kills * SHARE.pause))
  if (fullDisk) add('with a full disk', Math.ceil(kills * SHARE.fullDisk))
  if (fullDisk) add('after a full disk', Math.ceil(kills * SHARE.fullDisk))
  add('while starting', Math.ceil(kills * SHARE.starting))
  while (names.length < kills) names.push(random() < SHARE.random ? 'at random' : pick())

  return shuffled(names).map((as): Strike => {
    switch (as) {
      case 'at random':
        return { as, afterMs: between(50, 1_000) }
      case 'while starting':
        return { as, afterMs: between(20, 500) }
      case 'paused past the lease':
        return { as, afterMs: between(200, 600), forMs: LEASE_MS + between(300, 900), thenMs: between(500, 1_000) }
      case 'with a full disk':
        return { as, afterMs: between(100, 500), forMs: between(400, 900) }
      case 'after a full disk':
        return { as, afterMs: between(100, 500), forMs: between(400, 900), thenMs: between(200, 600) }
      default:
        return { as, passage: between(1, POINTS[as].passages + 1) }
    }
  })
}
