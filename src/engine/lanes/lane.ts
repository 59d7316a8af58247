import type { Fifo } from './fifo.ts'
import type { Share } from './share.ts'

/** Where a lane stands. A lane is in at most one place; queues keep stale entries, `place` says which hold. */
export type Place =
  /** Being arranged, or empty while the rest of it is read from the log. */
  | 'none'
  /** Its head may be leased now. */
  | 'ready'
  /** The same, and its head is a replay: a lower class. */
  | 'replay'
  /** Its head may be leased once no other suspect is. */
  | 'suspect'
  /** Its head waits for an instant. */
  | 'due'
  /** Its head stands behind a dead letter. */
  | 'held'
  /** Its head could be leased, but claims except its key or its tenant. */
  | 'parked'
  /** Its head is leased. */
  | 'leased'
  /** Forgotten: it has nothing left. */
  | 'gone'

/** One ordering key of one tenant in one flow, while it has work. */
export interface Lane {
  readonly id: number
  readonly share: Share
  place: Place
  /** Slots of the first and last waiting id; -1 when none is in memory. */
  head: number
  tail: number
  count: number
  due: number
  /** First id of this lane that is on disk only; Infinity when all are in memory. */
  resumeAt: number
}

/** The lanes of one flow. */
export interface FlowLanes {
  readonly flow: number
  /** Work without a tenant. */
  readonly nobody: Share
  /** The tenants that have work, in memory or on disk. */
  readonly shares: Map<number, Share>
  /** As many as there are shares. Read for every message, which the size of a map is too slow for. */
  tenants: number
  /** Shares that wait for their turn. */
  readonly ring: Fifo<Share>
  /** Whose turn it is. */
  current: Share | undefined
  readonly suspects: Fifo<Lane>
  /** What claims except now; the lanes and shares that were set aside for it. */
  except: string
  readonly parked: Set<Lane>
  aside: Share[]
}

export function newLane(id: number, share: Share): Lane {
  const lane: Lane = {
    id,
    share,
    place: 'none',
    head: -1,
    tail: -1,
    count: 0,
    due: 0,
    resumeAt: Number.POSITIVE_INFINITY,
  }
  share.lanes++
  return lane
}

/** What is known of a piece of work that failed, waits, crashed, was replayed or has a journal. Others have no note. */
export interface Note {
  readonly attempt: number
  readonly crashes: number
  readonly replays: number
  /** Journal entries so far. */
  readonly journal: number
  /** Monotonic instant before which it does not run; 0 for none. */
  readonly due: number
  readonly why?: string | undefined
}

export const NO_NOTE: Note = Object.freeze({ attempt: 0, crashes: 0, replays: 0, journal: 0, due: 0 })

/** A lease in force. */
export interface Held {
  readonly id: number
  readonly lane: Lane
  readonly owner: string
  readonly token: number
  /** Monotonic instant of its end. */
  until: number
  /** Its end is being written: a second settle in the same commit is stale. */
  ending: boolean
}

/** Newer work of the same lane waits, as far as memory knows: what its tenant has beyond the window is not known by lane. */
export function hasMore({ lane }: Held): boolean {
  return lane.count > 0 || lane.resumeAt !== Number.POSITIVE_INFINITY
}
