import { Fifo } from './fifo.ts'
import type { FlowLanes, Lane } from './lane.ts'
import { isHalfEmpty, leave, type Share } from './share.ts'
import type { Row, TenantPage, Want } from './window.ts'

const NEVER = Number.POSITIVE_INFINITY
/** Tenants that are read at once. */
const TENANTS = 100

export interface ReadingParts {
  /** Waiting ids of a flow in memory. */
  readonly window: number
  readonly flows: ReadonlyMap<number, FlowLanes>
  /** Takes one row in; false when its tenant has no room. */
  readonly offer: (share: Share, row: Row, now: number) => boolean
}

/**
 * What is left on disk, and what of it memory has room for. Work without a tenant is read along the log, for all flows at once; a tenant is read by
 * itself from where its window ended, so that nobody is looked through for the sake of another; a deep lane likewise.
 */
export class Reading {
  readonly #parts: ReadingParts
  /** Lanes of which nothing is in memory. */
  readonly #drained = new Fifo<Lane>()
  /** Tenants of whose window half is free, and that have more on disk. */
  readonly #short = new Fifo<Share>()
  #lane: Lane | undefined
  #shares: readonly Share[] = []
  /** The log, lanes and tenants are read in turn: none starves the others. The log comes first. */
  #turn = 2
  /** Flows whose log was not read to its end. */
  #behind = 0

  constructor(parts: ReadingParts) {
    this.#parts = parts
  }

  want(to: number): Want | undefined {
    for (let tried = 0; tried < 3; tried++) {
      this.#turn = (this.#turn + 1) % 3
      const want = this.#turn === 0 ? this.#wantLog() : this.#turn === 1 ? this.#wantLane(to) : this.#wantTenants()
      if (want) return want
    }
    return undefined
  }

  /** The rest of this lane is to be read. */
  drained(lane: Lane): void {
    this.#drained.push(lane)
  }

  /** The lane that is being read. */
  takeLane(): Lane | undefined {
    const lane = this.#lane
    this.#lane = undefined
    return lane
  }

  /** Puts a tenant in line to be read on, when it is short. */
  look(share: Share): void {
    if (share.tenant === 0 || share.reading || !this.#isShort(share)) return
    share.reading = true
    this.#short.push(share)
  }

  setTail(share: Share, tail: number): void {
    if (share.tenant === 0) {
      if (share.tail === NEVER && tail !== NEVER) this.#behind++
      if (share.tail !== NEVER && tail === NEVER) this.#behind--
    }
    share.tail = tail
    if (tail === NEVER) leave(share)
    else this.look(share)
  }

  /** A page that is on its way is not taken in. */
  forget(): void {
    this.#lane = undefined
    this.#shares = []
  }

  fill(rows: readonly Row[], from: number, next: number, ended: boolean, now: number): void {
    const { flows } = this.#parts
    const full = new Set<Share>()
    for (const row of rows) {
      const share = flows.get(row.flow)?.nobody
      if (share && share.tail >= from && !this.#take(share, row, now, full)) full.add(share)
    }
    for (const { nobody } of flows.values()) {
      if (!full.has(nobody) && nobody.tail >= from && nobody.tail <= next) this.setTail(nobody, ended ? NEVER : next)
    }
  }

  fillTenants(pages: readonly TenantPage[], now: number): void {
    const shares = this.#shares
    this.#shares = []
    const full = new Set<Share>()
    shares.forEach((share, i) => {
      const { rows, next, ended } = pages[i]!
      for (const row of rows) if (!this.#take(share, row, now, full)) full.add(share)
      if (!full.has(share)) this.setTail(share, ended ? NEVER : next)
    })
  }

  /** False when the row is the first that has no room. */
  #take(share: Share, row: Row, now: number, full: ReadonlySet<Share>): boolean {
    if (share.tail > row.id || full.has(share) || this.#parts.offer(share, row, now)) return true
    this.setTail(share, row.id)
    return false
  }

  #wantLane(to: number): Want | undefined {
    for (let lane = this.#drained.shift(); lane; lane = this.#drained.shift()) {
      if (lane.place === 'gone' || lane.count > 0 || lane.resumeAt === NEVER) continue
      this.#lane = lane
      return { of: 'lane', lane: lane.id, from: lane.resumeAt, to: Math.min(lane.share.tail, to) }
    }
    return undefined
  }

  #wantTenants(): Want | undefined {
    const shares: Share[] = []
    for (let share = this.#short.shift(); share; share = this.#short.shift()) {
      share.reading = false
      if (this.#isShort(share)) shares.push(share)
      if (shares.length === TENANTS) break
    }
    if (shares.length === 0) return undefined
    this.#shares = shares
    return { of: 'tenants', rests: shares.map(({ flow, tenant, tail }) => ({ flow: flow.flow, tenant, from: tail })) }
  }

  #wantLog(): Want | undefined {
    if (this.#behind === 0) return undefined
    let from = NEVER
    for (const { nobody } of this.#parts.flows.values()) if (this.#isShort(nobody)) from = Math.min(from, nobody.tail)
    return from === NEVER ? undefined : { of: 'log', from }
  }

  /** More of it is on disk, and half of its window is free. */
  #isShort(share: Share): boolean {
    return share.tail !== NEVER && isHalfEmpty(share, this.#parts.window)
  }
}
