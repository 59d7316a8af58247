import type { DatabaseSync } from 'node:sqlite'
import { hash53 } from '../../../core/hash.ts'
import { NO_NOTE } from '../../../engine/lanes/lane.ts'
import { laneId } from '../../../engine/lanes/lane-id.ts'
import type { Lanes, Row } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import type { Accepted, Delivery, NewMessage } from '../../../port/store.ts'
import type { Counter } from './counts.ts'
import type { Dedupe } from './dedupe.ts'
import type { Names } from './names.ts'
import { STATE } from './schema.ts'
import type { Warm, WarmWork } from './warm.ts'

export interface LedgerParts {
  readonly db: DatabaseSync
  readonly names: Names
  readonly counter: Counter
  readonly dedupe: Dedupe
  readonly warm: Warm
  readonly lanes: Lanes
}

/**
 * Takes messages in: the statements of the accept path, and what memory learns once they are committed (dedupe, bodies) and once they are
 * on disk (lanes: work is not handed out before that).
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #statements: ReturnType<typeof prepare>
  /** Identities taken in by the transaction under way. */
  readonly #seen = new Set<string>()
  #first = 0
  #hashes: number[] = []
  #rows: Row[] = []
  #warm: [number, WarmWork][] = []
  /** Committed, not yet on disk. */
  #unsynced: Row[] = []
  /** Every id below is on disk. */
  visible: number

  constructor(parts: LedgerParts) {
    this.#parts = parts
    this.#statements = prepare(parts.db)
    this.visible = parts.counter.now.last + 1
  }

  take(at: Moment, message: NewMessage): Accepted {
    const { counter, names, dedupe } = this.#parts
    const identity = `${message.source}\0${message.id}`
    const mark = message.quarantine ? `q${identity}` : identity
    // The namespace of quarantine is another seed. 0 means "none" in the table.
    const hash = hash53(identity, message.quarantine ? 1 : 0) || 1
    if (this.#seen.has(mark) || dedupe.find(hash, (id) => this.#same(id, message)) > 0) {
      counter.now.duplicates++
      return { id: message.id, duplicate: true }
    }
    this.#seen.add(mark)
    const id = this.#id(hash)
    const source = names.number(message.source)
    const attributes = Object.keys(message.attributes).length === 0 ? null : JSON.stringify(message.attributes)
    const works = Math.max(1, message.deliveries.length)
    if (message.quarantine) {
      this.#quarantine(at, id, message, source, attributes)
    } else {
      counter.now.accepted++
      this.#statements.msg.run(id, works, at.now, source, message.id, message.type, attributes, message.body)
      if (message.deliveries.length === 0) {
        counter.now.skipped++
        this.#statements.skip.run(id, id, STATE.skipped, at.now, 'no flow takes this type')
      } else this.#deliver(at, id, message)
    }
    return { id: message.id, duplicate: false }
  }

  /** The first statement of a transaction is about to run. */
  open(): void {
    this.#first = this.#parts.counter.now.last + 1
  }

  close(): void {
    if (this.#hashes.length === 0) return
    const hashes = new Float64Array(this.#hashes)
    this.#statements.mark.run(this.#first, new Uint8Array(hashes.buffer))
  }

  kept(): void {
    if (this.#hashes.length === 0) return
    const { dedupe, warm } = this.#parts
    for (let i = 0; i < this.#hashes.length; i++)
      if (this.#hashes[i] !== 0) dedupe.add(this.#hashes[i]!, this.#first + i)
    for (const [id, work] of this.#warm) warm.add(id, work)
    for (const row of this.#rows) this.#unsynced.push(row)
    this.#clear()
  }

  lost(): void {
    this.#clear()
  }

  /** A sync begins; what it returns makes everything committed until now visible. */
  beginSync(): (mono: number) => void {
    const rows = this.#unsynced
    const visible = this.#parts.counter.now.last + 1
    this.#unsynced = []
    return (mono) => {
      this.visible = visible
      for (const row of rows) this.#parts.lanes.add(row, mono)
    }
  }

  /** The next id; ids without an identity of their own leave a zero in the mark. */
  #id(hash: number): number {
    this.#hashes.push(hash)
    return ++this.#parts.counter.now.last
  }

  #deliver(at: Moment, first: number, message: NewMessage): void {
    const { counter, names } = this.#parts
    const { deliveries, source, id, type, attributes, body } = message
    const stored = Object.freeze({ source, id, type, attributes, body, acceptedAtMs: at.now })
    for (let i = 0; i < deliveries.length; i++) {
      const delivery = deliveries[i]!
      const work = i === 0 ? first : this.#id(0)
      const flow = names.number(delivery.flow)
      const tenant = delivery.tenant === undefined ? 0 : names.number(delivery.tenant)
      const lane = laneId(delivery.flow, delivery.key, delivery.tenant)
      const delay = Math.max(message.delayMs ?? 0, delivery.delayMs ?? 0)
      this.#statements.todo.run(work, first, lane, flow, delivery.key, delivery.effect, tenant)
      counter.pending(flow, 1)
      if (delay > 0) this.#statements.delay.run(work, Math.ceil(at.now + delay))
      const row = { id: work, lane, flow, tenant }
      this.#rows.push(delay > 0 ? { ...row, note: { ...NO_NOTE, due: at.mono + delay } } : row)
      this.#warm.push([work, { message: stored, delivery }])
    }
  }

  #quarantine(at: Moment, first: number, message: NewMessage, source: number, attributes: string | null): void {
    const { counter, names } = this.#parts
    const fault = JSON.stringify(message.quarantine)
    const nobody: readonly Delivery[] = [{ flow: '', key: '', effect: '' }]
    const deliveries = message.deliveries.length > 0 ? message.deliveries : nobody
    for (let i = 0; i < deliveries.length; i++) {
      const { flow, key, effect, tenant = '' } = deliveries[i]!
      const work = i === 0 ? first : this.#id(0)
      const place = { lane: laneId(flow, key, tenant), flow: names.number(flow), tenant: names.number(tenant) }
      counter.now.quarantined++
      this.#statements.dead.run(
        { work, first, ...place, key, effect, state: STATE.quarantined, at: at.now, fault },
        deliveries.length,
        source,
        message.id,
        message.type,
        attributes,
        message.body,
      )
    }
  }

  /** Whether the message stored under this id is this one. When it has been purged, its hash alone is known: 53 bits must do. */
  #same(id: number, message: NewMessage): boolean {
    const row = (message.quarantine ? this.#statements.setAside : this.#statements.stored).get(id) as
      | { source: number; ext: string }
      | undefined
    return !row || (row.ext === message.id && this.#parts.names.name(row.source) === message.source)
  }

  #clear(): void {
    this.#hashes = []
    this.#rows = []
    this.#warm = []
    this.#seen.clear()
  }
}

function prepare(db: DatabaseSync) {
  return {
    msg: db.prepare('INSERT INTO msg(id, works, at, source, ext, type, attrs, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)'),
    todo: db.prepare('INSERT INTO todo(id, msg, lane, flow, key, effect, tenant) VALUES(?, ?, ?, ?, ?, ?, ?)'),
    mark: db.prepare('INSERT INTO mark(first, hashes) VALUES(?, ?)'),
    delay: db.prepare('INSERT INTO wait(id, attempt, crashes, replays, journal, due) VALUES(?, 0, 0, 0, 0, ?)'),
    skip: db.prepare(`INSERT INTO done(id, msg, flow, key, effect, state, at, attempt, crashes, replays, why)
      VALUES(?, ?, 0, '', '', ?, ?, 0, 0, 0, ?)`),
    dead: db.prepare(`INSERT INTO dead(id, msg, lane, flow, tenant, key, effect, state, hold, at, attempt, crashes, replays, journal, fault,
        works, accepted, source, ext, type, attrs, body, edited)
      VALUES($work, $first, $lane, $flow, $tenant, $key, $effect, $state, 0, $at, 0, 0, 0, 0, $fault, ?, $at, ?, ?, ?, ?, ?, 0)`),
    stored: db.prepare('SELECT source, ext FROM msg WHERE id = ?'),
    setAside: db.prepare('SELECT source, ext FROM dead WHERE id = ?'),
  }
}
