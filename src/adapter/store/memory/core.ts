import { hasMore, NO_NOTE } from '../../../engine/lanes/lane.ts'
import { laneId } from '../../../engine/lanes/lane-id.ts'
import { Lanes, type LanesOptions, type Row } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import { TermsOf } from '../../../engine/lanes/terms.ts'
import type {
  Accepted,
  Claimed,
  ClaimRequest,
  Delivery,
  JournalEntry,
  Lease,
  NewMessage,
  Outcome,
  Settled,
} from '../../../port/store.ts'
import { Documents } from './documents.ts'
import { type StoredMessage, trace, type Work } from './record.ts'

export interface MemoryCoreOptions extends LanesOptions {
  /** Messages whose (source, id) is remembered. */
  readonly remembered: number
  /** A flow has ready work. */
  readonly onFlow?: (flow: string) => void
}

/** Ids scanned in one page of a lane. */
const PAGE = 5_000

/**
 * The memory store as synchronous transactions over plain maps: each verb is one commit point, and `Moment` its time. Nothing here
 * waits, so a simulator can place a crash, a delay or a lost answer around any verb.
 */
export class MemoryCore {
  readonly lanes: Lanes
  readonly works: Map<number, Work> = new Map()
  readonly documents: Documents = new Documents()
  readonly counts: Record<'accepted' | 'duplicates' | 'delivered' | 'skipped' | 'discarded', number> = {
    accepted: 0,
    duplicates: 0,
    delivered: 0,
    skipped: 0,
    discarded: 0,
  }
  readonly #names: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #terms: TermsOf
  readonly #seen = new Map<string, number>()
  readonly #remembered: number
  #lastId = 0

  constructor(options: MemoryCoreOptions) {
    this.#remembered = options.remembered
    this.lanes = new Lanes({ ...options, onReady: (flow) => options.onFlow?.(this.#names[flow]!) })
    const name = (number: number): string => this.#names[number]!
    this.#terms = new TermsOf({ flow: name, tenant: name })
  }

  accept(at: Moment, messages: readonly NewMessage[]): Accepted[] {
    const taken = messages.map((message) => this.#acceptOne(at, message))
    this.#readOn(at)
    return taken
  }

  claim(at: Moment, request: ClaimRequest): Claimed[] {
    this.expire(at)
    const flows = request.flows.flatMap((flow) => this.#numbers.get(flow) ?? [])
    const terms = this.#terms.of(request)
    const held = this.lanes.take(flows, request.owner, request.limit, at.mono + request.leaseMs, at.mono, terms)
    const claimed = held.map((lease): Claimed => {
      const work = this.works.get(lease.id)!
      const note = this.lanes.note(lease.id)
      const { body, ...envelope } = work.message
      return Object.freeze({
        lease: Object.freeze({ id: String(lease.id), owner: lease.owner, token: lease.token }),
        message: Object.freeze({ ...envelope, body: work.body ?? body }),
        flow: work.flow,
        key: work.key,
        tenant: work.tenant,
        effect: work.effect,
        attempt: note.attempt,
        crashes: note.crashes,
        replays: note.replays,
        more: hasMore(lease),
        journal: Object.freeze([...work.journal]),
      })
    })
    this.#readOn(at)
    return claimed
  }

  extend(at: Moment, leases: readonly Lease[], forMs: number): Lease[] {
    this.expire(at)
    return leases.filter((lease) => {
      const held = this.lanes.held(Number(lease.id), lease.owner, lease.token)
      if (held) this.lanes.extend(held, at.mono + forMs)
      return held !== undefined
    })
  }

  append(at: Moment, entries: readonly JournalEntry[]): Settled[] {
    this.expire(at)
    return entries.map((entry) => {
      const id = Number(entry.lease.id)
      const work = this.works.get(id)
      if (!work || !this.lanes.held(id, entry.lease.owner, entry.lease.token)) return 'stale'
      if (entry.position !== work.journal.length) return 'stale'
      work.journal.push(Object.freeze({ ...entry }))
      const note = this.lanes.note(id)
      this.lanes.setNote(id, { ...note, journal: work.journal.length })
      trace(work, {
        atMs: at.now,
        what: entry.kind,
        step: entry.step,
        ...(entry.fault === undefined ? {} : { fault: entry.fault }),
      })
      return 'ok'
    })
  }

  settle(at: Moment, outcomes: readonly Outcome[]): Settled[] {
    this.expire(at)
    const settled = outcomes.map((outcome) => this.#settleOne(at, outcome))
    this.#readOn(at)
    return settled
  }

  /** Ends leases that ran out, and makes ready what is due. Answers the next instant at which either happens. */
  expire(at: Moment): number {
    this.lanes.expire(at.mono)
    this.lanes.promote(at.mono)
    return this.lanes.nextDue
  }

  /** Puts work back into the log, at its place. */
  revive(at: Moment, work: Work, replays: number): void {
    work.state = 'pending'
    delete work.settledAtMs
    delete work.fault
    work.attempts = 0
    work.crashes = 0
    if (work.hold) this.lanes.unhold(work.lane, work.id, at.mono)
    work.hold = false
    const note = { ...NO_NOTE, replays, journal: work.journal.length }
    this.lanes.insert({ ...placeOf(work), note }, at.mono)
    this.#readOn(at)
  }

  #acceptOne(at: Moment, message: NewMessage): Accepted {
    const mark = `${message.quarantine ? 'q' : 'm'}\0${message.source}\0${message.id}`
    if (this.#seen.has(mark)) {
      this.counts.duplicates++
      return { id: message.id, duplicate: true }
    }
    if (this.#seen.size >= this.#remembered) this.#seen.delete(this.#seen.keys().next().value!)
    const stored: StoredMessage = Object.freeze({
      source: message.source,
      id: message.id,
      type: message.type,
      attributes: message.attributes,
      body: message.body,
      acceptedAtMs: at.now,
    })
    if (!message.quarantine) this.counts.accepted++
    const nobody: Delivery[] = [{ flow: '', key: '', effect: '' }]
    for (const delivery of message.deliveries.length > 0 ? message.deliveries : nobody) {
      const id = ++this.#lastId
      if (!this.#seen.has(mark)) this.#seen.set(mark, id)
      const { flow, key, effect, tenant = '' } = delivery
      const work: Work = {
        flow,
        key,
        effect,
        tenant,
        id,
        message: stored,
        flowNumber: this.#number(flow),
        tenantNumber: this.#number(tenant),
        lane: laneId(flow, key, tenant),
        state: 'pending',
        attempts: 0,
        crashes: 0,
        replays: 0,
        hold: false,
        journal: [],
        trail: [],
      }
      this.works.set(id, work)
      if (message.quarantine) {
        work.state = 'quarantined'
        work.fault = message.quarantine
        work.settledAtMs = at.now
      } else if (message.deliveries.length === 0) {
        work.state = 'skipped'
        work.why = 'no flow takes this type'
        work.settledAtMs = at.now
        this.counts.skipped++
      } else {
        const delay = Math.max(message.delayMs ?? 0, delivery.delayMs ?? 0)
        if (delay > 0) work.dueAtMs = at.now + delay
        const row = placeOf(work)
        this.lanes.add(delay > 0 ? { ...row, note: { ...NO_NOTE, due: at.mono + delay } } : row, at.mono)
      }
    }
    return { id: message.id, duplicate: false }
  }

  #settleOne(at: Moment, outcome: Outcome): Settled {
    const { lease } = outcome
    const held = this.lanes.held(Number(lease.id), lease.owner, lease.token)
    if (!held) return 'stale'
    const work = this.works.get(held.id)!
    const note = this.lanes.note(held.id)
    for (const message of outcome.emit ?? []) this.#acceptOne(at, message)
    delete work.dueAtMs
    switch (outcome.as) {
      case 'retry':
      case 'wait': {
        work.dueAtMs = at.now + outcome.afterMs
        const due = outcome.afterMs > 0 ? at.mono + outcome.afterMs : 0
        if (outcome.as === 'retry') {
          work.fault = outcome.fault
          trace(work, { atMs: at.now, what: 'retry', fault: outcome.fault })
          this.lanes.again(held, { ...note, attempt: note.attempt + 1, due, why: undefined }, at.mono)
        } else {
          if (note.why !== outcome.why) trace(work, { atMs: at.now, what: 'wait', why: outcome.why })
          work.why = outcome.why
          this.lanes.again(held, { ...note, due, why: outcome.why }, at.mono)
        }
        return 'ok'
      }
      case 'done':
      case 'skip':
        work.state = outcome.as === 'done' ? 'delivered' : 'skipped'
        delete work.fault
        delete work.why
        if (outcome.as === 'skip') work.why = outcome.why
        this.counts[outcome.as === 'done' ? 'delivered' : 'skipped']++
        break
      case 'dead':
        work.state = 'dead'
        work.fault = outcome.fault
        work.hold = outcome.lane === 'hold'
        trace(work, { atMs: at.now, what: 'dead', fault: outcome.fault })
        if (work.hold) this.lanes.hold(work.lane, work.id)
        break
      default:
        outcome satisfies never
    }
    work.attempts = note.attempt + 1
    work.crashes = note.crashes
    work.replays = note.replays
    work.settledAtMs = at.now
    this.lanes.finish(held, at.mono)
    return 'ok'
  }

  /** Reads on from the log where the windows have room. */
  #readOn(at: Moment): void {
    const end = this.#lastId + 1
    for (let want = this.lanes.want(end); want; want = this.lanes.want(end)) {
      if (want.of === 'tenants') {
        const pages = want.rests.map(({ flow, tenant, from }) => {
          const isOf = (work: Work): boolean => work.flowNumber === flow && work.tenantNumber === tenant
          return { rows: this.#rows(at, from, end, isOf), next: end, ended: true }
        })
        this.lanes.fillTenants(pages, at.mono)
        continue
      }
      const { from } = want
      const to = Math.min(want.of === 'lane' ? want.to : end, from + PAGE)
      if (want.of === 'lane') {
        const rows = this.#rows(at, from, to, ({ lane }) => lane === want.lane)
        this.lanes.fillLane(rows, to, to >= want.to, at.mono)
      } else {
        const rows = this.#rows(at, from, to, ({ tenantNumber }) => tenantNumber === 0)
        this.lanes.fill(rows, from, to, to >= end, at.mono)
      }
    }
  }

  /** Pending work of the log that nobody holds. */
  #rows(at: Moment, from: number, to: number, isWanted: (work: Work) => boolean): Row[] {
    const rows: Row[] = []
    for (let id = from; id < to; id++) {
      const work = this.works.get(id)
      if (work?.state === 'pending' && !this.lanes.holder(id) && isWanted(work)) rows.push(this.#row(at, work))
    }
    return rows
  }

  #row(at: Moment, work: Work): Row {
    const due = work.dueAtMs === undefined ? 0 : at.mono + Math.max(0, work.dueAtMs - at.now)
    const { attempts: attempt, crashes, replays } = work
    const plain = due === 0 && replays === 0 && !this.lanes.noted(work.id)
    const note = plain ? undefined : { attempt, crashes, replays, journal: work.journal.length, due }
    return { ...placeOf(work), note }
  }

  /** Of a flow or a tenant. */
  #number(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#names.push(name) - 1
      this.#numbers.set(name, number)
    }
    return number
  }
}

function placeOf({ id, lane, flowNumber, tenantNumber }: Work): Row {
  return { id, lane, flow: flowNumber, tenant: tenantNumber }
}
