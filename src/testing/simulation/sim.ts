import { Agenda } from '../../sandbox/payments/agenda.ts'
import type { Incarnation } from './incarnation.ts'
import { drawLevels, type Levels } from './levels.ts'
import type { Tape } from './tape.ts'
import { Trace } from './trace.ts'

/** What an operation on the outside is: where faults may strike. */
export interface Call {
  readonly name: string
  /** A commit point: most bugs live beside one. */
  readonly write: boolean
  readonly detail: string
}

/** An invariant that broke: what kind, and the sentence. */
export interface Failure {
  readonly invariant: string
  readonly detail: string
}

interface Event {
  readonly of: Incarnation | undefined
  readonly go: () => void
}

/** Faults stop then; after that everything must come to rest. */
const CALM_MS = 15_000
/** Wall clock at the start. */
const EPOCH_MS = Date.UTC(2026, 0, 1)
/** Shorter and longer than a lease of 10 s. */
const PAUSES_MS = [0, 4_000, 12_000, 25_000]
const JUMPS_MS = [0, 3_600_000, -3_600_000, 30_000, -30_000]
const JUMP_HEALS_MS = 10_000
const DELAYS_MS = [1, 2, 3, 5, 8, 13, 25, 60]
const LONG_DELAYS_MS = [0, 150, 400, 12_000]

/**
 * Virtual time and the one queue of everything that happens. Between two of its events all code that can run has run, so every process
 * stands at a wait when a fault strikes it: that is "crash at any await".
 */
export class Sim {
  readonly tape: Tape
  readonly trace: Trace
  readonly levels: Levels
  readonly faults: Record<string, number> = {}
  now = 0
  steps = 0
  failure: Failure | undefined
  /** Whether the event that ran last may have woken code of a process. */
  woke = false
  onCrash: (process: Incarnation) => void = () => {}
  readonly #agenda = new Agenda<Event>()

  constructor(tape: Tape, story: boolean) {
    this.tape = tape
    this.trace = new Trace(story)
    this.levels = drawLevels(tape)
  }

  get calm(): boolean {
    return this.now >= CALM_MS
  }

  /** The true wall clock. */
  get wall(): number {
    return EPOCH_MS + this.now
  }

  say(actor: string, event: string, detail = ''): void {
    this.trace.add(this.now, actor, event, detail)
  }

  /** The first broken invariant ends the run. */
  fail(invariant: string, detail: string): void {
    this.say('INVARIANT', invariant, detail)
    this.failure ??= { invariant, detail }
  }

  /** A fault strikes: counted and told. */
  fault(kind: string, actor: string, detail: string): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1
    this.say(actor, kind, detail)
  }

  /** A fault that excuses a process for losing a lease. */
  disturb(kind: string, process: Incarnation, detail: string): void {
    process.disturbed++
    this.fault(kind, process.name, detail)
  }

  /** Plans an event; one that belongs to a process happens only while that lives and is not paused. */
  at(ms: number, of: Incarnation | undefined, go: () => void): void {
    this.#agenda.add(ms, { of, go })
  }

  after(ms: number, of: Incarnation | undefined, go: () => void): void {
    this.at(this.now + ms, of, go)
  }

  /** One event. False when nothing is left. */
  step(): boolean {
    const due = this.#agenda.dueMs
    const event = this.#agenda.take()
    if (event === undefined || due === undefined) return false
    this.steps++
    if (due > this.now) this.now = due
    const { of } = event
    this.woke = false
    if (of !== undefined) {
      if (!of.alive) return true
      if (of.pausedUntilMs > this.now) {
        this.#agenda.add(of.pausedUntilMs, event)
        return true
      }
      this.woke = true
    }
    event.go()
    return true
  }

  /** 0 once faults have stopped. */
  chance(probability: number): number {
    return this.calm ? 0 : probability
  }

  delay(process: Incarnation): number {
    const usual = (DELAYS_MS[this.tape.draw('delay', 0.6, DELAYS_MS.length)] ?? 1) * process.pace
    const rare = this.tape.draw('delay', this.chance(this.levels.delay), LONG_DELAYS_MS.length)
    if (rare === 0) return usual
    process.disturbed++
    return usual + (LONG_DELAYS_MS[rare] ?? 0)
  }

  /**
   * A transaction of a store: the request travels, takes effect at one instant, the answer travels back. Faults strike between the
   * three: a process that has died may still have sent it; a commit may stand though its answer never came.
   */
  op<T>(process: Incarnation, call: Call, effect: () => T, fails: (lost: 'before' | 'after') => Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!process.alive) return
      this.after(this.delay(process), undefined, () => {
        this.strike(process, call, 'before')
        if (!this.lands(process)) return
        const trouble = call.write ? this.tape.draw('store', this.chance(this.levels.store), 3) : 0
        if (trouble === 1) {
          this.disturb('store fails', process, `${call.name} ${call.detail}`)
          this.after(5, process, () => reject(fails('before')))
          return
        }
        const result = effect()
        this.say(process.name, call.name, call.detail)
        this.strike(process, call, 'after')
        if (!process.alive) return
        if (trouble === 2) {
          this.disturb('commit stands, its answer is lost', process, `${call.name} ${call.detail}`)
          this.after(5, process, () => reject(fails('after')))
        } else this.after(this.delay(process), process, () => resolve(result))
      })
    })
  }

  /** Whether the request of a process that may have died is still carried out. */
  lands(process: Incarnation): boolean {
    return process.alive || this.tape.draw('land', 0.5, 2) === 1
  }

  /** A crash, a pause or a jump of the wall clock, perhaps. */
  strike(process: Incarnation, call: Call, when: 'before' | 'after'): void {
    if (!process.alive) return
    const { levels, tape } = this
    const near = call.write ? 3 : 0.4
    const where = `${when} ${call.name} ${call.detail}`
    if (levels.crashesLeft > 0 && tape.draw('crash', this.chance(levels.crash * near), 2) === 1) {
      levels.crashesLeft--
      this.disturb('crash', process, where)
      this.crash(process)
      return
    }
    if (levels.pausesLeft > 0) {
      const pause = PAUSES_MS[tape.draw('pause', this.chance(levels.pause * near), PAUSES_MS.length)] ?? 0
      if (pause > 0) {
        levels.pausesLeft--
        process.pausedUntilMs = this.now + pause
        this.disturb('pause', process, `for ${pause / 1_000} s, ${where}`)
      }
    }
    const jump = JUMPS_MS[tape.draw('jump', this.chance(levels.jump), JUMPS_MS.length)] ?? 0
    if (jump !== 0) this.#jump(process, jump)
  }

  crash(process: Incarnation): void {
    process.alive = false
    this.onCrash(process)
  }

  #jump(process: Incarnation, ms: number): void {
    process.clockOffsetMs += ms
    this.fault('clock jump', 'world', `${process.name} by ${ms / 1_000} s`)
    this.after(JUMP_HEALS_MS, process, () => {
      process.clockOffsetMs -= ms
      this.say(process.name, 'clock is right again')
    })
  }
}
