import { fingerprint } from '../../../core/fault.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import type { History, Move, Page, Query, StoreStatus, WorkRow } from '../../../port/store.ts'
import type { MemoryCore } from './core.ts'
import { historyOf, trace, type Work, workRow } from './record.ts'

/** What an operator sees and does, over the maps of the core. */
export class MemoryDesk {
  readonly #core: MemoryCore

  constructor(core: MemoryCore) {
    this.#core = core
  }

  history(works: readonly string[]): History[] {
    return works.flatMap((id) => {
      const work = this.#core.works.get(Number(id))
      return work ? historyOf(this.#current(work), this.#core.lanes.holder(work.id)?.owner) : []
    })
  }

  find(query: Query): Page<WorkRow> {
    const after = query.after === undefined ? Number.POSITIVE_INFINITY : Number(query.after)
    const found = [...this.#core.works.values()]
      .filter((work) => work.id < after && matches(work, query))
      .sort((a, b) => b.id - a.id)
    const items = found
      .slice(0, query.limit)
      .map((work) => workRow(this.#current(work), this.#core.lanes.holder(work.id)?.owner))
    return found.length > query.limit ? { items, next: items.at(-1)!.work } : { items }
  }

  move(at: Moment, moves: readonly Move[]): string[] {
    return moves.filter((move) => this.#moveOne(at, move)).map((move) => move.work)
  }

  purge(at: Moment, olderThanMs: number, limit: number): number {
    const before = at.now - olderThanMs
    let gone = 0
    for (const [id, work] of this.#core.works) {
      if (gone >= limit) break
      if (work.state !== 'delivered' && work.state !== 'skipped' && work.state !== 'discarded') continue
      if (work.settledAtMs === undefined || work.settledAtMs > before) continue
      this.#core.works.delete(id)
      gone++
    }
    return gone + this.#core.documents.purge(before, limit - gone)
  }

  status(at: Moment): StoreStatus {
    const { lanes, works, counts } = this.#core
    const states = { dead: 0, quarantined: 0, pending: 0 }
    const flows = new Map<string, number>()
    let oldest = at.now
    for (const work of works.values()) {
      if (work.state === 'dead' || work.state === 'quarantined') states[work.state]++
      if (work.state !== 'pending') continue
      states.pending++
      flows.set(work.flow, (flows.get(work.flow) ?? 0) + 1)
      oldest = Math.min(oldest, work.message.acceptedAtMs)
    }
    return Object.freeze({
      ...counts,
      ...states,
      leased: lanes.leased,
      waiting: lanes.waiting,
      oldestMs: at.now - oldest,
      flows: [...flows].map(([flow, pending]) => ({ flow, pending })),
    })
  }

  #moveOne(at: Moment, move: Move): boolean {
    const { lanes, works, counts } = this.#core
    const work = works.get(Number(move.work))
    if (!work || lanes.holder(work.id)) return false
    const buried = work.state === 'dead' || work.state === 'quarantined'
    const pending = work.state === 'pending'
    if (move.to === 'ready') {
      if (!buried || work.flow === '') return false
      trace(work, { atMs: at.now, what: 'replay', why: move.why })
      if (move.body) work.body = move.body
      work.replays++
      delete work.why
      this.#core.revive(at, work, work.replays)
      return true
    }
    if (!(pending || (buried && move.to === 'discard'))) return false
    if (pending) {
      Object.assign(work, this.#current(work))
      delete work.dueAtMs
      lanes.remove(work.id, work.lane, at.mono)
    }
    if (work.hold) lanes.unhold(work.lane, work.id, at.mono)
    work.hold = false
    work.settledAtMs = at.now
    work.why = move.why
    if (move.to === 'discard') {
      work.state = 'discarded'
      counts.discarded++
      trace(work, { atMs: at.now, what: 'discard', why: move.why })
    } else {
      work.state = 'dead'
      work.fault = { code: 'BURIED', message: move.why, retryable: false, fingerprint: fingerprint('BURIED', move.why) }
      trace(work, { atMs: at.now, what: 'dead', why: move.why })
    }
    return true
  }

  /** The record with the counters that the lanes keep while it is pending. */
  #current(work: Work): Work {
    if (work.state !== 'pending') return work
    const note = this.#core.lanes.note(work.id)
    return { ...work, attempts: note.attempt, crashes: note.crashes, replays: note.replays }
  }
}

function matches(work: Work, query: Query): boolean {
  if (query.states && !query.states.includes(work.state)) return false
  if (query.flow !== undefined && work.flow !== query.flow) return false
  if (query.key !== undefined && work.key !== query.key) return false
  if (query.tenant !== undefined && work.tenant !== query.tenant) return false
  if (query.source !== undefined && work.message.source !== query.source) return false
  if (query.id !== undefined && work.message.id !== query.id) return false
  return query.fingerprint === undefined || work.fault?.fingerprint === query.fingerprint
}
