import type { Fifo } from './fifo.ts'
import type { FlowLanes, Lane } from './lane.ts'
import type { Share } from './share.ts'
import type { Terms } from './terms.ts'

/** So many live ones, then one replay: an eighth of a tenant's turns go to what is sent again. */
const LIVE_PER_REPLAY = 7

/** A lane may be leased: it waits behind the others of its tenant and class. */
export function ready(lane: Lane): void {
  const { share } = lane
  if (lane.place === 'replay') share.replays.push(lane)
  else share.live.push(lane)
  if (share.place !== 'idle') return
  share.place = 'ring'
  share.flow.ring.push(share)
}

/**
 * The lane whose turn it is: tenants take turns by weighted deficit round robin, each message costs 1 (M. Shreedhar, G. Varghese, "Efficient
 * Fair Queuing using Deficit Round Robin", SIGCOMM 1995). A tenant without ready lanes leaves the ring and its deficit behind. What the terms
 * except is set aside, once, until they change.
 */
export function next(flow: FlowLanes, terms: Terms | undefined, park: (lane: Lane) => void): Lane | undefined {
  for (;;) {
    const share = flow.current ?? turn(flow, terms)
    if (!share) return undefined
    const lane = share.replays.size === 0 ? first(share.live) : pick(share)
    if (!lane) {
      share.place = 'idle'
      share.deficit = 0
      flow.current = undefined
    } else if (terms?.parks(lane)) {
      park(lane)
    } else {
      // Alone, it goes on without a count.
      if (flow.ring.size > 0 && --share.deficit < 1) over(share)
      return lane
    }
  }
}

/** A suspect whose turn it is. */
export function nextSuspect(flow: FlowLanes, terms: Terms | undefined, park: (lane: Lane) => void): Lane | undefined {
  for (let lane = flow.suspects.shift(); lane; lane = flow.suspects.shift()) {
    if (lane.place !== 'suspect') continue
    if (!terms || !(terms.leaves(lane.share) || terms.parks(lane))) return lane
    park(lane)
  }
  return undefined
}

/** Claims except something else than before. Answers the lanes that are to be arranged again. */
export function changeTerms(flow: FlowLanes, except: string): readonly Lane[] {
  flow.except = except
  for (const share of [flow.current, ...flow.aside]) {
    if (share === undefined) continue
    share.place = 'ring'
    share.deficit = 0
    flow.ring.push(share)
  }
  flow.current = undefined
  flow.aside = []
  return [...flow.parked]
}

/** Forgets all turns; the shares enter again when they have ready lanes. */
export function resetTurns(flow: FlowLanes): void {
  for (let share = flow.ring.shift() ?? flow.current; share; share = flow.ring.shift()) share.place = 'idle'
  for (const share of flow.current ? [flow.current, ...flow.aside] : flow.aside) share.place = 'idle'
  flow.current = undefined
  flow.aside = []
  flow.except = ''
  flow.parked.clear()
}

function turn(flow: FlowLanes, terms: Terms | undefined): Share | undefined {
  for (let share = flow.ring.shift(); share; share = flow.ring.shift()) {
    if (terms?.leaves(share)) {
      share.place = 'aside'
      flow.aside.push(share)
      continue
    }
    share.deficit += terms?.quantum(share) ?? 1
    flow.current = share
    return share
  }
  return undefined
}

/** Its turn is over. */
function over(share: Share): void {
  share.flow.ring.push(share)
  share.flow.current = undefined
}

/** Live work before replays, and now and then a replay. */
function pick(share: Share): Lane | undefined {
  if (share.streak < LIVE_PER_REPLAY) {
    const lane = first(share.live)
    if (lane) {
      share.streak++
      return lane
    }
  }
  share.streak = 0
  return first(share.replays) ?? first(share.live)
}

function first(lanes: Fifo<Lane>): Lane | undefined {
  for (let lane = lanes.shift(); lane; lane = lanes.shift())
    if (lane.place === 'ready' || lane.place === 'replay') return lane
  return undefined
}
