import type { DatabaseSync } from 'node:sqlite'
import { hash53 } from '../../../../core/hash.ts'
import { laneId } from '../../../../engine/lanes/lane-id.ts'
import { MARK } from '../../../../engine/move/mark.ts'
import type {
  ArchivedCounters,
  ArchivedDocument,
  ArchivedEnvelope,
  ArchivedMessage,
  ArchivedWork,
  Mark,
} from '../../../../port/archive.ts'
import type { Counter } from '../counts.ts'
import type { Names } from '../names.ts'
import { STATE } from '../schema.ts'

/** Writes what came from another store, as if it had been taken in here. */
export class Writing {
  readonly #db: DatabaseSync
  readonly #names: Names
  readonly #counter: Counter
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync, names: Names, counter: Counter) {
    this.#db = db
    this.#names = names
    this.#counter = counter
    this.#statements = prepare(db)
  }

  mark(mark: Mark): void {
    this.#transaction(() => this.#mark(mark))
  }

  batch(messages: readonly ArchivedMessage[], mark: Mark): void {
    this.#transaction(() => {
      for (const message of messages) this.#message(message)
      this.#marks(messages)
      this.#mark(mark)
    })
  }

  finish(documents: readonly ArchivedDocument[], counters: ArchivedCounters, mark: Mark): void {
    this.#transaction(() => {
      for (const { key, version, body } of documents) this.#statements.document.run(key, version, body)
      const letters = (state: number): number => Number(this.#statements.letters.get(state)?.['count'])
      const pending = this.#statements.pending.all() as unknown as { flow: number; count: number }[]
      Object.assign(this.#counter.now, counters, {
        dead: letters(STATE.dead),
        quarantined: letters(STATE.quarantined),
        flows: Object.fromEntries(pending.map(({ flow, count }) => [flow, count])),
      })
      this.#counter.save()
      this.#mark(mark)
    })
    this.#counter.keep()
  }

  #message({ first, width, envelope, body, works }: ArchivedMessage): void {
    if (envelope && body) this.#statements.msg.run(first, width, ...this.#columns(envelope), body)
    for (const work of works) this.#work(first, width, work, envelope)
  }

  #work(first: number, width: number, work: ArchivedWork, envelope: ArchivedEnvelope | undefined): void {
    const statements = this.#statements
    const { flow, key, effect, tenant = '', attempt, crashes, replays, journal, settledAtMs, why = null } = work
    const id = first + work.position
    const number = this.#names.number(flow)
    const [lane, whose] = [laneId(flow, key, tenant), this.#names.number(tenant)]
    const fault = work.fault === undefined ? null : JSON.stringify(work.fault)
    if (work.state === 'pending') {
      statements.todo.run(id, first, lane, number, key, effect, whose)
      const noted =
        attempt + crashes + replays + journal + work.dueAtMs > 0 || why !== null || fault !== null || work.body
      if (noted)
        statements.wait.run(id, attempt, crashes, replays, journal, work.dueAtMs, why, fault, work.body ?? null)
    } else if (work.state === 'dead' || work.state === 'quarantined') {
      const place = [id, first, lane, number, key, effect, STATE[work.state], work.hold ? 1 : 0] as const
      const [at, ...message] = this.#columns(envelope!)
      const counts = [settledAtMs, attempt, crashes, replays, journal, why, fault] as const
      statements.dead.run(...place, ...counts, width, at, ...message, work.body!, work.edited ? 1 : 0, whose)
    } else {
      const counts = [settledAtMs, attempt, crashes, replays, why] as const
      statements.done.run(id, first, number, key, effect, STATE[work.state], ...counts, whose)
    }
    this.#trail(id, work)
  }

  #trail(id: number, { trail }: ArchivedWork): void {
    trail.forEach(({ atMs, what, step, why, fault, position, result, owner, token }, n) => {
      const said = [step ?? null, why ?? null, fault === undefined ? null : JSON.stringify(fault)] as const
      const journal = [position ?? null, result ?? null, owner ?? null, token ?? null] as const
      this.#statements.trail.run(id, n + 1, atMs, what, ...said, ...journal)
    })
  }

  #columns({ acceptedAtMs, source, id, type, attributes }: ArchivedEnvelope) {
    const attrs = Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes)
    return [acceptedAtMs, this.#names.number(source), id, type, attrs] as const
  }

  /** Identity hashes, one row for each run of ids without a gap. */
  #marks(messages: readonly ArchivedMessage[]): void {
    let from = 0
    let hashes: number[] = []
    const flush = (): void => {
      if (hashes.length > 0) this.#statements.mark.run(from, new Uint8Array(new Float64Array(hashes).buffer))
    }
    for (const { first, width, known, envelope } of messages) {
      if (known === undefined || envelope === undefined) continue
      if (from + hashes.length !== first) {
        flush()
        from = first
        hashes = []
      }
      hashes.push(hash53(`${envelope.source}\0${envelope.id}`, known === 'quarantine' ? 1 : 0) || 1)
      for (let i = 1; i < width; i++) hashes.push(0)
    }
    flush()
  }

  #mark(mark: Mark): void {
    this.#statements.place.run(MARK, JSON.stringify(mark))
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (thrown) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      this.#names.forget()
      this.#counter.forget()
      throw thrown
    }
    this.#names.keep()
  }
}

function prepare(db: DatabaseSync) {
  return {
    msg: db.prepare('INSERT INTO msg(id, works, at, source, ext, type, attrs, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)'),
    todo: db.prepare('INSERT INTO todo(id, msg, lane, flow, key, effect, tenant) VALUES(?, ?, ?, ?, ?, ?, ?)'),
    wait: db.prepare(`INSERT INTO wait(id, attempt, crashes, replays, journal, due, why, fault, body)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    done: db.prepare(`INSERT INTO done(id, msg, flow, key, effect, state, at, attempt, crashes, replays, why, tenant)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    dead: db.prepare(`INSERT INTO dead(id, msg, lane, flow, key, effect, state, hold, at, attempt, crashes, replays, journal, why, fault,
        works, accepted, source, ext, type, attrs, body, edited, tenant)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    trail: db.prepare(`INSERT INTO trail(work, n, at, what, step, why, fault, position, result, owner, token)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    mark: db.prepare('INSERT INTO mark(first, hashes) VALUES(?, ?)'),
    /** In place of one that has expired. */
    document: db.prepare('INSERT OR REPLACE INTO doc(key, version, body) VALUES(?, ?, ?)'),
    place: db.prepare(`INSERT INTO doc(key, version, body) VALUES(?, 1, ?)
      ON CONFLICT(key) DO UPDATE SET version = version + 1, body = excluded.body, expires = NULL`),
    letters: db.prepare('SELECT count(*) AS count FROM dead WHERE state = ?'),
    pending: db.prepare('SELECT flow, count(*) AS count FROM todo GROUP BY flow'),
  }
}
