import { Fifo } from './fifo.ts'

/** Where a lane stands. A lane is in at most one place; queues keep stale entries, `place` says which hold. */
export type Place =
  /** Being arranged, or empty while the rest of it is read from the log. */
  | 'none'
  /** Its head may be leased now. */
  | 'ready'
  /** Its head may be leased once no other suspect is. */
  | 'suspect'
  /** Its head waits for an instant. */
  | 'due'
  /** Its head stands behind a dead letter. */
  | 'held'
  /** Its head is leased. */
  | 'leased'

/** One ordering key of one flow, while it has work. */
export interface Lane {
  readonly id: number
  readonly flow: FlowLanes
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
  readonly ready: Fifo<Lane>
  readonly suspects: Fifo<Lane>
  /** Waiting ids in memory. */
  count: number
  /** Those of them that stand behind a dead letter. They take no room in the window: they cannot run, and would keep the others out. */
  held: number
  /** First id of this flow that is on disk only; Infinity when all are in memory. */
  tail: number
  /** Set while one page is taken in: no room for more of it. */
  full: boolean
}

export function newLane(id: number, flow: FlowLanes): Lane {
  return { id, flow, place: 'none', head: -1, tail: -1, count: 0, due: 0, resumeAt: Number.POSITIVE_INFINITY }
}

export function newFlow(flow: number): FlowLanes {
  return {
    flow,
    ready: new Fifo(),
    suspects: new Fifo(),
    count: 0,
    held: 0,
    tail: Number.POSITIVE_INFINITY,
    full: false,
  }
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
