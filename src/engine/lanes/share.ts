import { Fifo } from './fifo.ts'
import type { FlowLanes, Lane } from './lane.ts'

const NEVER = Number.POSITIVE_INFINITY

/** What one tenant has to do in one flow: the unit that takes turns, and that has a window of its own. Forgotten when it has no work. */
export interface Share {
  readonly flow: FlowLanes
  /** 0: nobody's. */
  readonly tenant: number
  /** Ready lanes; those with a replay at their head are a lower class. */
  readonly live: Fifo<Lane>
  readonly replays: Fifo<Lane>
  /** Live ones taken since the last replay while a replay was ready. */
  streak: number
  /** Messages that it may give before the next one's turn. */
  deficit: number
  /** `ring`: it waits for its turn, or has it. `aside`: claims except it. */
  place: 'idle' | 'ring' | 'aside'
  /** Its lanes, leased and drained ones included. */
  lanes: number
  /** Waiting ids in memory. */
  count: number
  /** Those of them that stand behind a dead letter or are parked. They take no room in the window: they cannot run, and would keep the others out. */
  held: number
  /** Those of them in ready lanes that have a replay at their head. */
  again: number
  /** First id that is on disk only; Infinity when all are in memory. */
  tail: number
  /** It is in line to be read on. */
  reading: boolean
}

export function newShare(flow: FlowLanes, tenant: number): Share {
  return {
    flow,
    tenant,
    live: new Fifo(),
    replays: new Fifo(),
    streak: 0,
    deficit: 0,
    place: 'idle',
    lanes: 0,
    count: 0,
    held: 0,
    again: 0,
    tail: NEVER,
    reading: false,
  }
}

export function newFlow(number: number): FlowLanes {
  const flow: Omit<FlowLanes, 'nobody'> & { nobody?: Share } = {
    flow: number,
    shares: new Map(),
    tenants: 0,
    ring: new Fifo(),
    current: undefined,
    suspects: new Fifo(),
    except: '',
    parked: new Set(),
    aside: [],
  }
  flow.nobody = newShare(flow as FlowLanes, 0)
  return flow as FlowLanes
}

/** The share of a tenant, made when it has none. */
export function shareOf(flow: FlowLanes, tenant: number): Share {
  if (tenant === 0) return flow.nobody
  let share = flow.shares.get(tenant)
  if (!share) {
    share = newShare(flow, tenant)
    flow.shares.set(tenant, share)
    flow.tenants++
  }
  return share
}

/** Forgets a tenant that has nothing left. */
export function leave(share: Share): void {
  if (share.tenant === 0 || share.lanes > 0 || share.tail !== NEVER) return
  const { flow, tenant } = share
  if (flow.shares.get(tenant) !== share) return
  flow.shares.delete(tenant)
  flow.tenants--
}

/** Work of this lane came or went, or the lane is about to change its place (all of its work by a sign). */
export function countIn(lane: Lane, by: number): void {
  const { place, share } = lane
  if (place === 'held' || place === 'parked') share.held += by
  else if (place === 'replay') share.again += by
}

/** However many tenants there are, each has so much, so that it is not read on for every single message. */
const LEAST_ROOM = 16

/**
 * Room of one tenant in the window of its flow: all of it while it is alone, else an equal part. Whoever filled more before others came keeps
 * what it has until it is done, so that n tenants hold at most 1 + 1/2 + … + 1/n windows.
 */
function roomOf({ flow }: Share, window: number): number {
  const { nobody } = flow
  if (flow.tenants === 0) return window
  const tenants = flow.tenants + (nobody.lanes > 0 || nobody.tail !== NEVER ? 1 : 0)
  return tenants === 1 ? window : Math.max(Math.min(LEAST_ROOM, window), Math.floor(window / tenants))
}

/**
 * How much of its room is taken. A replay comes in without being asked for, and must not keep live work on disk: it takes no room, as long as there
 * are not more of them than there is room.
 */
function takenOf(share: Share, room: number): number {
  const taken = share.count - share.held
  return share.again === 0 ? taken : taken - Math.min(share.again, room)
}

export function isFull(share: Share, window: number): boolean {
  const room = roomOf(share, window)
  return takenOf(share, room) >= room
}

export function isHalfEmpty(share: Share, window: number): boolean {
  const room = roomOf(share, window)
  return takenOf(share, room) * 2 <= room
}
