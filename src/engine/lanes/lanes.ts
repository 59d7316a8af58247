import { DueHeap } from './due-heap.ts'
import { Holds } from './holds.ts'
import { type FlowLanes, type Held, type Lane, NO_NOTE, type Note, newLane } from './lane.ts'
import { Leases } from './leases.ts'
import { Lists } from './lists.ts'
import { Reading } from './reading.ts'
import { countIn, isFull, leave, newFlow, type Share, shareOf } from './share.ts'
import type { Terms } from './terms.ts'
import { changeTerms, next, nextSuspect, ready, resetTurns } from './turns.ts'
import type { LanesOptions, Row, TenantPage, Want } from './window.ts'

export { type LanesOptions, type Row, type TenantPage, type TenantRest, type Want, WINDOW } from './window.ts'

const NEVER = Number.POSITIVE_INFINITY

/**
 * The order of work, held by its one owner in memory: which ids wait, in which lane, and who has leased what. Ids grow in the order of
 * acceptance, so id order is lane order; a retry or a replay goes back to its place by id. Pure and synchronous: instants are parameters,
 * all of one monotonic clock. A lane and a tenant cost memory only while they have work.
 *
 * Within a flow tenants take turns (`turns.ts`). Windows: of a tenant in a flow, and of a lane, only so many ids are kept. `tail` and `resumeAt` are
 * the first ids left on disk, so that every id below both is in memory, leased, or settled; the store reads on from there when `want` says so.
 */
export class Lanes {
  /** Some tenant is or was known. */
  tenants = false
  readonly #options: LanesOptions
  readonly #lists = new Lists()
  readonly #lanes = new Map<number, Lane>()
  readonly #flows = new Map<number, FlowLanes>()
  readonly #notes = new Map<number, Note>()
  readonly #leases: Leases
  readonly #holds = new Holds()
  readonly #dues = new DueHeap<Lane>()
  readonly #reading: Reading
  #suspect = 0
  #turn = 0
  #waiting = 0

  constructor(options: LanesOptions) {
    this.#options = options
    this.#reading = new Reading({
      window: options.flowWindow,
      flows: this.#flows,
      offer: (share, row, now) => this.#leases.has(row.id) || this.#offer(share, row, now),
    })
    this.#leases = new Leases(options.tokens ?? 0)
  }

  get leased(): number {
    return this.#leases.size
  }

  /** Lanes whose head waits for an instant or that are held behind a dead letter. */
  get waiting(): number {
    return this.#waiting + this.#holds.size
  }

  /** The next instant at which something changes by itself. */
  get nextDue(): number {
    return Math.min(this.#dues.next, this.#leases.next)
  }

  note(id: number): Note {
    return this.#notes.get(id) ?? NO_NOTE
  }

  /** True when the work has a note: a row of its own beside the log. */
  noted(id: number): boolean {
    return this.#notes.has(id)
  }

  setNote(id: number, note: Note): void {
    this.#notes.set(id, note)
  }

  /** Everything of this tenant in this flow from `from` on is on disk only. */
  behind(flow: number, from: number, tenant = 0): void {
    this.#reading.setTail(this.#share(this.#flow(flow), tenant), from)
  }

  /** New work, in id order. */
  add(row: Row, now: number): void {
    const flow = this.#flow(row.flow)
    const share = row.tenant === 0 ? flow.nobody : this.#share(flow, row.tenant)
    if (share.tail === NEVER && !this.#offer(share, row, now)) this.#reading.setTail(share, row.id)
  }

  /** Work that comes back (a replay), or that was seen late: to its place by id. What is there already stays as it is. */
  insert(row: Row, now: number): void {
    const share = this.#share(this.#flow(row.flow), row.tenant)
    if (row.id >= share.tail || this.#leases.has(row.id)) return
    const lane = this.#lanes.get(row.lane) ?? this.#newLane(row.lane, share)
    if (row.id >= lane.resumeAt) return
    if (this.#put(lane, row.id) && row.note) this.#notes.set(row.id, row.note)
    this.#arrange(lane, now)
  }

  /** Forgets all that waits, for the log of these flows to be read again from its beginning. What is leased stays leased. */
  reset(flows: readonly number[]): void {
    for (const lane of this.#lanes.values()) {
      this.#lists.clear(lane)
      lane.count = 0
      lane.resumeAt = NEVER
      if (lane.place === 'leased') continue
      lane.place = 'gone'
      this.#lanes.delete(lane.id)
      lane.share.lanes--
    }
    for (const id of this.#notes.keys()) if (!this.#leases.has(id)) this.#notes.delete(id)
    for (const flow of this.#flows.values()) {
      resetTurns(flow)
      for (const share of [flow.nobody, ...flow.shares.values()]) {
        share.count = share.held = share.again = 0
        this.#reading.setTail(share, NEVER)
      }
    }
    for (const number of flows) this.#reading.setTail(this.#flow(number).nobody, 0)
    this.#holds.clear()
    this.#reading.forget()
    this.#waiting = 0
  }

  /** Takes waiting work out (an operator's hand). Work that is on disk only is simply never read. */
  remove(id: number, laneId: number, now: number): void {
    this.#notes.delete(id)
    const lane = this.#lanes.get(laneId)
    if (!lane) return
    if (!this.#lists.remove(lane, id)) return
    this.#counted(lane, -1)
    this.#arrange(lane, now)
  }

  /**
   * Leases the heads of ready lanes, at most one per lane: flows in turn, in a flow tenants in turn, of a tenant live work before replays, lanes in
   * the order in which they became ready.
   */
  take(
    flows: readonly number[],
    owner: string,
    limit: number,
    until: number,
    now: number,
    terms?: Terms,
  ): readonly Held[] {
    this.promote(now)
    const rows: FlowLanes[] = []
    const except = terms?.except ?? ''
    for (const number of flows) {
      const flow = this.#flows.get(number)
      if (!flow) continue
      if (flow.except !== except) for (const lane of changeTerms(flow, except)) this.#arrange(lane, now, false)
      rows.push(flow)
    }
    const taken: Held[] = []
    let at = rows.length > 1 ? this.#turn++ % rows.length : 0
    while (rows.length > 0 && taken.length < limit) {
      if (at >= rows.length) at = 0
      const lane = this.#nextOf(rows[at]!, terms)
      if (lane) {
        taken.push(this.#lease(lane, owner, until))
        at++
      } else rows.splice(at, 1)
    }
    return taken
  }

  /** The lease, if it is in force and not already ending. */
  held(id: number, owner: string, token: number): Held | undefined {
    return this.#leases.held(id, owner, token)
  }

  /** Who has this work now. */
  holder(id: number): Held | undefined {
    return this.#leases.holder(id)
  }

  extend(held: Held, until: number): void {
    this.#leases.extend(held, until)
  }

  /** The work has left the log. */
  finish(held: Held, now: number): void {
    this.#notes.delete(held.id)
    this.#release(held)
    this.#arrange(held.lane, now)
  }

  /** The work goes back to its place in its lane. */
  again(held: Held, note: Note, now: number): void {
    this.#release(held)
    this.#notes.set(held.id, note)
    this.#put(held.lane, held.id)
    this.#arrange(held.lane, now)
  }

  /** The work goes back to its place as if it had not been leased. */
  putBack(held: Held, now: number): void {
    this.#release(held)
    this.#put(held.lane, held.id)
    this.#arrange(held.lane, now)
  }

  /** Ends the leases that have run out; their work is ready again, one crash richer. */
  expire(now: number): readonly Held[] {
    const ended = this.#leases.over(now)
    for (const held of ended) {
      const note = this.note(held.id)
      this.again(held, { ...note, crashes: note.crashes + 1, due: 0 }, now)
    }
    return ended
  }

  hold(lane: number, id: number): void {
    this.#holds.add(lane, id)
  }

  unhold(lane: number, id: number, now: number): void {
    if (!this.#holds.remove(lane, id)) return
    const waiting = this.#lanes.get(lane)
    if (waiting) this.#arrange(waiting, now)
  }

  /** Makes lanes ready whose time has come. */
  promote(now: number): void {
    while (this.#dues.next <= now) {
      const due = this.#dues.next
      const lane = this.#dues.pop()
      if (lane.place === 'due' && lane.due === due) this.#arrange(lane, now)
    }
  }

  /** The next page that memory has room for; `to` is the end of what may be read. */
  want(to: number): Want | undefined {
    return this.#reading.want(to)
  }

  /** Takes in a page of the log: all ids without a tenant from `from` up to before `next`; `ended`: there is nothing after it. */
  fill(rows: readonly Row[], from: number, next: number, ended: boolean, now: number): void {
    this.#reading.fill(rows, from, next, ended, now)
  }

  /** Takes in a page of each of the tenants that `want` named, in its order. */
  fillTenants(pages: readonly TenantPage[], now: number): void {
    this.#reading.fillTenants(pages, now)
  }

  /** Takes in a page of the lane that `want` named. */
  fillLane(rows: readonly Row[], next: number, ended: boolean, now: number): void {
    const lane = this.#reading.takeLane()
    if (!lane) return
    lane.resumeAt = ended ? NEVER : next
    for (const row of rows) {
      if (lane.count >= this.#options.laneWindow) {
        lane.resumeAt = row.id
        break
      }
      if (row.note) this.#notes.set(row.id, row.note)
      this.#put(lane, row.id)
    }
    this.#arrange(lane, now)
  }

  /** False when its tenant has no room. */
  #offer(share: Share, row: Row, now: number): boolean {
    const known = this.#lanes.get(row.lane)
    if (known && known.resumeAt <= row.id) return true
    if (known && known.count >= this.#options.laneWindow) {
      known.resumeAt = row.id
      return true
    }
    if (isFull(share, this.#options.flowWindow)) return false
    const lane = known ?? this.#newLane(row.lane, share)
    if (row.note) this.#notes.set(row.id, row.note)
    this.#put(lane, row.id)
    if (lane.count === 1) this.#arrange(lane, now)
    return true
  }

  #nextOf(flow: FlowLanes, terms: Terms | undefined): Lane | undefined {
    const suspect = this.#suspect === 0 && flow.suspects.size > 0 ? nextSuspect(flow, terms, this.#park) : undefined
    return suspect ?? next(flow, terms, this.#park)
  }

  readonly #park = (lane: Lane): void => {
    countIn(lane, -lane.count)
    lane.place = 'parked'
    lane.share.flow.parked.add(lane)
    this.#aside(lane)
  }

  /** A lane that cannot run for long takes no room in the window. */
  #aside(lane: Lane): void {
    lane.share.held += lane.count
    this.#reading.look(lane.share)
  }

  #lease(lane: Lane, owner: string, until: number): Held {
    const id = this.#lists.shift(lane)
    this.#counted(lane, -1)
    if (lane.place === 'replay') countIn(lane, -lane.count)
    if (lane.place === 'suspect') this.#suspect = id
    lane.place = 'leased'
    return this.#leases.begin(id, lane, owner, until)
  }

  #release(held: Held): void {
    this.#leases.end(held.id)
    held.lane.place = 'none'
    if (this.#suspect !== held.id) return
    this.#suspect = 0
    for (const flow of this.#flows.values()) if (flow.suspects.size > 0) this.#options.onReady?.(flow.flow)
  }

  /** Decides where a lane stands, from its head alone. `tell`: whoever may claim it is told. */
  #arrange(lane: Lane, now: number, tell = true): void {
    if (lane.place === 'leased') return
    const was = lane.place
    if (was !== 'none' && was !== 'ready') this.#leave(lane)
    lane.place = 'none'
    if (lane.head < 0) {
      if (lane.resumeAt === NEVER) this.#drop(lane)
      else this.#reading.drained(lane)
      return
    }
    const id = this.#lists.first(lane)
    const note = this.#notes.size > 0 ? this.#notes.get(id) : undefined
    if (this.#holds.stop(lane.id, id)) {
      lane.place = 'held'
      this.#aside(lane)
    } else if (note && note.due > now) {
      lane.place = 'due'
      lane.due = note.due
      this.#waiting++
      this.#dues.push(note.due, lane)
    } else if (note && note.crashes > 0) {
      lane.place = 'suspect'
      if (was !== 'suspect') lane.share.flow.suspects.push(lane)
    } else {
      lane.place = note !== undefined && note.replays > 0 ? 'replay' : 'ready'
      if (lane.place === 'replay') countIn(lane, lane.count)
      if (was !== lane.place) ready(lane)
    }
    if (
      tell &&
      (lane.place === 'ready' || lane.place === 'replay' || (lane.place === 'suspect' && this.#suspect === 0))
    )
      this.#options.onReady?.(lane.share.flow.flow)
  }

  #leave(lane: Lane): void {
    countIn(lane, -lane.count)
    if (lane.place === 'due') this.#waiting--
    if (lane.place === 'parked') lane.share.flow.parked.delete(lane)
  }

  #put(lane: Lane, id: number): boolean {
    const put = this.#lists.put(lane, id)
    if (put) this.#counted(lane, 1)
    return put
  }

  #counted(lane: Lane, by: 1 | -1): void {
    const { share } = lane
    lane.count += by
    share.count += by
    if (lane.place !== 'ready' && lane.place !== 'none') countIn(lane, by)
    if (by < 0 && share.tail !== NEVER) this.#reading.look(share)
  }

  #newLane(id: number, share: Share): Lane {
    const lane = newLane(id, share)
    this.#lanes.set(id, lane)
    return lane
  }

  #drop(lane: Lane): void {
    lane.place = 'gone'
    this.#lanes.delete(lane.id)
    if (--lane.share.lanes === 0) leave(lane.share)
  }

  #flow(number: number): FlowLanes {
    let flow = this.#flows.get(number)
    if (!flow) {
      flow = newFlow(number)
      this.#flows.set(number, flow)
    }
    return flow
  }

  #share(flow: FlowLanes, tenant: number): Share {
    if (tenant > 0) this.tenants = true
    return shareOf(flow, tenant)
  }
}
