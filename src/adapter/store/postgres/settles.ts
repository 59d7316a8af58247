import type { TielineError } from '../../../core/error.ts'
import type { Held, Note } from '../../../engine/lanes/lane.ts'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { Clock } from '../../../port/clock.ts'
import type { JournalEntry, Outcome, Settled } from '../../../port/store.ts'
import type { Appends } from './appends.ts'
import { type Stored, storedOf } from './appends.ts'
import { shardOf } from './batch.ts'
import { int2s, int4s, int8s, texts } from './encode.ts'
import { isFenced } from './failure.ts'
import type { Inflight } from './inflight.ts'
import type { Line, Statement } from './line.ts'
import type { Reader } from './reader.ts'
import type { Statements } from './statements.ts'
import type { Worker } from './worker.ts'

export interface SettlesParts {
  readonly line: Line
  readonly statements: Statements
  readonly lanes: Lanes
  readonly worker: Worker
  readonly inflight: Inflight
  readonly appends: Appends
  readonly reader: Reader
  readonly clock: Clock
  readonly stored: (stored: Stored) => void
  /** Ends leases that ran out. */
  readonly expire: () => void
  /** Something was written: memory has room, lanes move on. */
  readonly settled: () => void
  readonly failed: (thrown: unknown) => TielineError
  /** Our row is gone: another worker has taken over. */
  readonly fenced: () => void
}

type Job =
  | {
      readonly of: 'settle'
      readonly outcomes: readonly Outcome[]
      readonly resolve: (settled: Settled[]) => void
      readonly reject: (error: unknown) => void
    }
  | {
      readonly of: 'append'
      readonly entries: readonly JournalEntry[]
      readonly resolve: (settled: Settled[]) => void
      readonly reject: (error: unknown) => void
    }

type Step = readonly [Statement, readonly unknown[]]

/** The counters of this connection; 0 and 1 are those of the accepts. */
const SLOT = 2
const GROUP = 1_000

/** Ends leases and writes journals: whatever waits goes into one transaction, fenced by this worker's row. */
export class Settles {
  readonly #parts: SettlesParts
  #queue: Job[] = []
  #busy = false
  #scheduled = false

  constructor(parts: SettlesParts) {
    this.#parts = parts
  }

  settle(outcomes: readonly Outcome[]): Promise<Settled[]> {
    return new Promise((resolve, reject) => this.#add({ of: 'settle', outcomes, resolve, reject }))
  }

  append(entries: readonly JournalEntry[]): Promise<Settled[]> {
    return new Promise((resolve, reject) => this.#add({ of: 'append', entries, resolve, reject }))
  }

  /** Leases that ended without a settle: written with the next transaction. */
  crashed(): void {
    this.#schedule()
  }

  #add(job: Job): void {
    this.#queue.push(job)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#busy) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    if (this.#busy) return
    const { inflight, failed, fenced, expire } = this.#parts
    expire()
    const jobs = this.#take()
    const crashed = inflight.takeExpired()
    if (jobs.length === 0 && crashed.length === 0) return
    this.#busy = true
    const group = new Group(this.#parts)
    try {
      const results = jobs.map((job) =>
        job.of === 'settle'
          ? job.outcomes.map((outcome) => group.settle(outcome))
          : job.entries.map((entry) => group.journal(entry)),
      )
      const alive = await group.write(crashed)
      if (alive) this.#parts.settled()
      else fenced()
      jobs.forEach((job, i) => {
        job.resolve(alive ? results[i]! : results[i]!.map(() => 'stale'))
      })
    } catch (thrown) {
      group.lost()
      if (isFenced(thrown)) {
        fenced()
        for (const job of jobs) job.resolve((job.of === 'settle' ? job.outcomes : job.entries).map(() => 'stale'))
      } else {
        inflight.putBack(crashed)
        const error = failed(thrown)
        for (const job of jobs) job.reject(error)
      }
    } finally {
      this.#busy = false
      if (this.#queue.length > 0) this.#schedule()
    }
  }

  #take(): Job[] {
    let weight = 0
    let count = 0
    for (const job of this.#queue) {
      weight += job.of === 'settle' ? job.outcomes.length : job.entries.length
      if (count > 0 && weight > GROUP) break
      count++
    }
    return this.#queue.splice(0, count)
  }
}

/** What one transaction writes, and what memory learns once it is committed. */
class Group {
  readonly #parts: SettlesParts
  readonly #ending: Held[] = []
  readonly #learn: (() => void)[] = []
  readonly #lengths = new Map<number, number>()
  readonly #done: { id: number; state: number; note: Note; why: string | null }[] = []
  readonly #unwait: number[] = []
  readonly #wait: { id: number; note: Note; pause: number; fault: string | null }[] = []
  readonly #dead: { id: number; note: Note; hold: boolean; fault: string }[] = []
  readonly #trail: { id: number; position: number; entry: string }[] = []
  readonly #journalled: { id: number; note: Note }[] = []
  readonly #emits: Outcome['emit'][] = []
  #noted: number | undefined

  constructor(parts: SettlesParts) {
    this.#parts = parts
  }

  settle(outcome: Outcome): Settled {
    const { lanes } = this.#parts
    const { lease } = outcome
    const held = lanes.held(Number(lease.id), lease.owner, lease.token)
    if (!held) return 'stale'
    held.ending = true
    this.#ending.push(held)
    if (outcome.emit !== undefined && outcome.emit.length > 0) this.#emits.push(outcome.emit)
    const note = lanes.note(held.id)
    const ended = { ...note, attempt: note.attempt + 1 }
    switch (outcome.as) {
      case 'done':
        this.#finish(held, ended, 1, null)
        break
      case 'skip':
        this.#finish(held, ended, 2, outcome.why)
        break
      case 'retry':
        this.#trailed(held.id, { what: 'retry', fault: outcome.fault })
        this.#again(held, { ...ended, why: undefined }, outcome.afterMs, JSON.stringify(outcome.fault))
        break
      case 'wait':
        if (note.why !== outcome.why) this.#trailed(held.id, { what: 'wait', why: outcome.why })
        this.#again(held, { ...note, why: outcome.why }, outcome.afterMs, null)
        break
      case 'dead': {
        const hold = outcome.lane === 'hold'
        this.#dead.push({ id: held.id, note: ended, hold, fault: JSON.stringify(outcome.fault) })
        this.#trailed(held.id, { what: 'dead', fault: outcome.fault })
        if (lanes.noted(held.id)) this.#unwait.push(held.id)
        this.#learn.push(() => {
          if (hold) lanes.hold(held.lane.id, held.id)
          this.#over(held)
        })
        break
      }
      default:
        outcome satisfies never
    }
    return 'ok'
  }

  journal(entry: JournalEntry): Settled {
    const { lanes } = this.#parts
    const { lease, position } = entry
    const held = lanes.held(Number(lease.id), lease.owner, lease.token)
    if (!held) return 'stale'
    const note = lanes.note(held.id)
    const length = this.#lengths.get(held.id) ?? note.journal
    if (position !== length) return 'stale'
    this.#lengths.set(held.id, length + 1)
    const { step, kind, result, fault } = entry
    this.#trailed(held.id, { what: kind, step, fault, result, owner: lease.owner, token: lease.token }, position)
    this.#journalled.push({ id: held.id, note: { ...note, journal: length + 1 } })
    this.#learn.push(() => lanes.setNote(held.id, { ...lanes.note(held.id), journal: length + 1 }))
    return 'ok'
  }

  /** False when this worker has been replaced: then nothing was written. */
  async write(crashed: readonly number[]): Promise<boolean> {
    const alone = this.#alone && crashed.length === 0
    if (alone && this.#done.length === 0) return true
    const alive = alone ? await this.#writeDone() : await this.#writeAll(crashed)
    if (!alive) {
      this.lost()
      return false
    }
    for (const learn of this.#learn) learn()
    if (this.#noted !== undefined) await this.#parts.inflight.since(this.#noted)
    return true
  }

  /** Whether it was committed is not known: the journal is looked up before the next entry. */
  lost(): void {
    const { lanes } = this.#parts
    for (const held of this.#ending) held.ending = false
    for (const { id, note } of this.#journalled) lanes.setNote(id, { ...lanes.note(id), journal: note.journal })
  }

  /** Nothing but finished work that has no row beside the log: one statement, which is its own transaction. */
  get #alone(): boolean {
    return this.#wait.length + this.#dead.length + this.#trail.length + this.#emits.length + this.#unwait.length === 0
  }

  async #writeDone(): Promise<boolean> {
    const { line } = this.#parts
    const { rows } = await line.query(...this.#settleStep())
    return rows[0].alive === 1
  }

  async #writeAll(crashed: readonly number[]): Promise<boolean> {
    const { line, statements, worker, inflight, appends } = this.#parts
    const steps: Step[] = [[statements.fence, [worker.id]]]
    // The row of the worker before any row of its work: whoever moves work locks in the same order.
    if (this.#wait.length + this.#dead.length > 0) {
      steps.push(inflight.step(this.#ending))
      this.#noted = inflight.notes
    }
    if (this.#done.length > 0) steps.push(this.#settleStep())
    if (this.#dead.length > 0) steps.push(this.#buryStep())
    if (this.#unwait.length > 0) steps.push([statements.unwait, [int8s(this.#unwait.sort(ascending))]])
    if (this.#wait.length > 0) steps.push(this.#waitStep())
    if (this.#journalled.length > 0) steps.push(this.#journalStep())
    if (crashed.length > 0) steps.push([statements.crashed, [int8s([...crashed].sort(ascending))]])
    if (this.#trail.length > 0) steps.push(this.#trailStep())
    const messages = this.#emits.flatMap((emit) => emit ?? [])
    const emitted = messages.length > 0 ? await appends.steps(messages, SLOT) : []
    const before = steps.length
    for (const { step } of emitted) steps.push(step)
    // After the appends, which lock the tables of known messages before the row of the generation, as its change does.
    if (emitted.length > 0) steps.push([statements.sameGeneration, [appends.generation.n]])
    const results = await line.transaction(steps)
    emitted.forEach(({ batch, messages }, i) => {
      this.#parts.stored(storedOf(results[before + i]!.rows[0], batch, messages))
    })
    return true
  }

  #settleStep(): Step {
    const { statements, worker } = this.#parts
    const done = this.#done.sort((a, b) => a.id - b.id)
    return [
      statements.settle,
      [
        worker.id,
        SLOT,
        int8s(done.map((one) => one.id)),
        int2s(done.map((one) => one.state)),
        int4s(done.map((one) => one.note.attempt)),
        int4s(done.map((one) => one.note.crashes)),
        int4s(done.map((one) => one.note.replays)),
        texts(done.map((one) => (one.why === null ? null : JSON.stringify(one.why)))),
      ],
    ]
  }

  #buryStep(): Step {
    const { statements, worker } = this.#parts
    const dead = this.#dead.sort((a, b) => a.id - b.id)
    return [
      statements.bury,
      [
        worker.id,
        SLOT,
        int8s(dead.map((one) => one.id)),
        int2s(dead.map((one) => (one.hold ? 1 : 0))),
        ...notes(dead),
        texts(dead.map(() => null)),
        texts(dead.map((one) => one.fault)),
      ],
    ]
  }

  #waitStep(): Step {
    const wait = this.#wait.sort((a, b) => a.id - b.id)
    return [
      this.#parts.statements.wait,
      [
        int8s(wait.map((one) => one.id)),
        ...notes(wait),
        int8s(wait.map((one) => one.pause)),
        texts(wait.map((one) => (one.note.why === undefined ? null : JSON.stringify(one.note.why)))),
        texts(wait.map((one) => one.fault)),
      ],
    ]
  }

  #journalStep(): Step {
    // Of one piece of work the last entry counts: a statement cannot touch a row twice.
    const last = [...new Map(this.#journalled.map((one) => [one.id, one])).values()].sort((a, b) => a.id - b.id)
    return [this.#parts.statements.journalled, [int8s(last.map((one) => one.id)), ...notes(last)]]
  }

  #trailStep(): Step {
    return [
      this.#parts.statements.trail,
      [
        int8s(this.#trail.map((one) => one.id)),
        int4s(this.#trail.map((one) => one.position)),
        texts(this.#trail.map((one) => one.entry)),
      ],
    ]
  }

  #finish(held: Held, note: Note, state: number, why: string | null): void {
    this.#done.push({ id: held.id, state, note, why })
    if (this.#parts.lanes.noted(held.id)) this.#unwait.push(held.id)
    this.#learn.push(() => this.#over(held))
  }

  #over(held: Held): void {
    const { lanes, inflight, reader, clock } = this.#parts
    inflight.end(held.id)
    reader.ended(held.id)
    lanes.finish(held, clock.mono())
  }

  #again(held: Held, note: Note, afterMs: number, fault: string | null): void {
    const { lanes, inflight, worker, clock } = this.#parts
    const pause = Math.max(0, Math.ceil(afterMs))
    this.#wait.push({ id: held.id, note, pause, fault })
    this.#learn.push(() => {
      inflight.end(held.id)
      const now = clock.mono()
      if (worker.owns(held.lane.share.flow.flow, shardOf(held.lane.id)))
        lanes.again(held, { ...note, due: pause > 0 ? now + pause : 0 }, now)
      else lanes.finish(held, now) // on its way to another worker
    })
  }

  #trailed(id: number, entry: Record<string, unknown>, position = -1): void {
    this.#trail.push({ id, position, entry: JSON.stringify(entry) })
  }
}

function notes(rows: readonly { readonly note: Note }[]): Buffer[] {
  return [
    int4s(rows.map((one) => one.note.attempt)),
    int4s(rows.map((one) => one.note.crashes)),
    int4s(rows.map((one) => one.note.replays)),
    int4s(rows.map((one) => one.note.journal)),
  ]
}

const ascending = (a: number, b: number): number => a - b
