import { seededRandom } from '../../../../src/sandbox/seeded-random.ts'
import { POINTS, type Point } from './points.ts'

/** What the ground under a runtime does: its network to the server, its sessions there, the server itself. */
export type Trouble =
  | 'network cut'
  | 'network cut past the lease'
  | 'network stalled'
  | 'network stalled past the lease'
  | 'sessions terminated'
  | 'server restarted'
  | 'server crashed'

/** One life of the runtime and its end, which is always SIGKILL. Milliseconds count from ready. */
export type Strike =
  | { readonly as: 'at random'; readonly afterMs: number }
  /** Milliseconds from the spawn; it is killed when it says that it is ready at the latest. */
  | { readonly as: 'while starting'; readonly afterMs: number }
  /** Passages count from so long after the spawn. */
  | { readonly as: Point; readonly passage: number; readonly calmMs: number }
  /** SIGSTOP for longer than the lease, SIGCONT, and a while of work in which old leases must not be used. */
  | { readonly as: 'paused past the lease'; readonly afterMs: number; readonly forMs: number; readonly thenMs: number }
  /** No file may grow for a while, and it is killed. */
  | { readonly as: 'with a full disk'; readonly afterMs: number; readonly forMs: number }
  /** No file may grow for a while, then it must go on by itself. */
  | { readonly as: 'after a full disk'; readonly afterMs: number; readonly forMs: number; readonly thenMs: number }
  /** Then it must go on by itself. */
  | { readonly as: Trouble; readonly afterMs: number; readonly forMs: number; readonly thenMs: number }

export type StrikeName = Strike['as']
type Special = Exclude<StrikeName, Point | 'at random'>

/** Shares of all kills, in the order in which they find room behind the points; at least one of each. */
export type Mixture = Readonly<Partial<Record<Special, number>>>

export interface PlanOptions {
  readonly kills: number
  readonly seed: number
  readonly points: readonly Point[]
  readonly mixture: Mixture
  /** A life has up to so long in peace before its strike, so that what the last one left behind is taken up. Default 0. */
  readonly calmMs?: number
}

const LEASE_MS = 10_000 // src/engine/held.ts
/** Of what is left after the points and the mixture. */
const RANDOM_SHARE = 0.5

/** What is done to the runtime, decided by the seed alone: each named point once, as far as the kills go, then a mixture, shuffled. */
export function planOf({ kills, seed, points, mixture, calmMs = 0 }: PlanOptions): readonly Strike[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least))
  const calm = (): number => (calmMs === 0 ? 0 : between(0, calmMs))
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one)
  const pick = (): Point => points[between(0, points.length)] as Point

  const names: StrikeName[] = shuffled(points).slice(0, kills)
  for (const [name, share] of Object.entries(mixture)) {
    for (let n = 0; n < kills * share && names.length < kills; n++) names.push(name as Special)
  }
  while (names.length < kills) names.push(random() < RANDOM_SHARE ? 'at random' : pick())

  const pastTheLease = (): number => LEASE_MS + between(300, 900)
  return shuffled(names).map((as): Strike => {
    switch (as) {
      case 'at random':
        return { as, afterMs: between(50, 1_000) + calm() }
      case 'while starting':
        return { as, afterMs: between(20, 500) }
      case 'paused past the lease':
        return { as, afterMs: between(200, 600) + calm(), forMs: pastTheLease(), thenMs: between(500, 1_000) + calm() }
      case 'with a full disk':
        return { as, afterMs: between(100, 500), forMs: between(400, 900) }
      case 'after a full disk':
        return { as, afterMs: between(100, 500), forMs: between(400, 900), thenMs: between(200, 600) }
      case 'network cut past the lease':
      case 'network stalled past the lease':
        return { as, afterMs: between(200, 600) + calm(), forMs: pastTheLease(), thenMs: between(500, 1_000) + calm() }
      case 'network cut':
      case 'network stalled':
      case 'sessions terminated':
      case 'server restarted':
      case 'server crashed':
        return {
          as,
          afterMs: between(200, 600) + calm(),
          forMs: between(50, 2_000),
          thenMs: between(500, 1_000) + calm(),
        }
      default:
        return { as, passage: between(1, POINTS[as].passages + 1), calmMs: POINTS[as].passages === 1 ? 0 : calm() }
    }
  })
}
