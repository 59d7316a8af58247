import type { WorkState } from '../../../src/port/store.ts'
import type { Answer, Sent } from './command.ts'

export const ATTEMPTS = 3
const KEYS = 3

/** What the model knows of one accepted message. */
export interface Message {
  readonly id: string
  readonly key: string
  /** Its place in the order of acceptance. */
  readonly place: number
  readonly script: readonly (readonly Answer[])[]
  /** Replays so far. */
  replays: number
  discarded: boolean
}

export type Fate = { readonly as: 'delivered' } | { readonly as: 'dead'; readonly code: string }

const CODES: Partial<Readonly<Record<Answer, string>>> = {
  error: 'PROVIDER_FAULT',
  busy: 'PROVIDER_BUSY',
  timeout: 'HTTP_TIMEOUT',
}

export const idOf = (n: number): string => `m${n}`
export const keyOf = (n: number): string => `k${n % KEYS}`

/** The engine as plain maps: what is accepted, and how each message must end. It knows nothing of time, leases or processes. */
export class Model {
  readonly messages = new Map<string, Message>()
  /** Set aside now, and whether their body is good. */
  readonly quarantined = new Map<string, boolean>()
  readonly #setAside = new Set<string>()
  readonly #scripts: readonly (readonly (readonly Answer[])[])[]
  duplicates = 0
  discarded = 0
  /** From now on the provider takes everything. */
  healthy = false

  constructor(scripts: readonly (readonly (readonly Answer[])[])[]) {
    this.#scripts = scripts
  }

  /** The events of one request: all are accepted, or all are set aside. Says which are repeats. */
  send(events: readonly Sent[]): readonly boolean[] | 'quarantined' {
    if (events.some(({ good }) => !good)) {
      for (const event of events) this.#quarantine(event)
      return 'quarantined'
    }
    return events.map(({ n }) => !this.#accept(n))
  }

  /** A message of the quarantine is taken in after all, unless it was sent in a good state since. */
  readmit(id: string): void {
    this.#accept(Number(id.slice(1)))
    this.quarantined.delete(id)
    this.discarded++
  }

  discard(id: string, from: 'dead' | 'quarantined'): void {
    if (from === 'quarantined') this.quarantined.delete(id)
    else (this.messages.get(id) as Message).discarded = true
    this.discarded++
  }

  /** What the provider says to this attempt, counted from 1 since the last replay. */
  answer({ script, replays }: Message, attempt: number): Answer {
    return this.healthy ? 'ok' : (script[replays]?.[attempt - 1] ?? 'ok')
  }

  /** How the message ends when it may run: the first answer that decides, or the last of three. */
  fate(message: Message): Fate {
    for (let attempt = 1; ; attempt++) {
      const answer = this.answer(message, attempt)
      if (answer === 'ok' || answer === 'slow') return { as: 'delivered' }
      if (answer === 'refused') return { as: 'dead', code: 'PROVIDER_REFUSED' }
      if (attempt === ATTEMPTS) return { as: 'dead', code: CODES[answer] ?? '' }
    }
  }

  /** Where each message is once nothing can move any more: behind a dead letter of its key it waits. */
  ends(): ReadonlyMap<string, WorkState> {
    const held = new Set<string>()
    const ends = new Map<string, WorkState>()
    for (const message of this.messages.values()) {
      const { id, key, discarded } = message
      const state = discarded ? 'discarded' : held.has(key) ? 'pending' : this.fate(message).as
      ends.set(id, state)
      if (state === 'dead') held.add(key)
    }
    return ends
  }

  /** Those before it in its lane. */
  before({ key, place }: Message): readonly Message[] {
    return [...this.messages.values()].filter((other) => other.key === key && other.place < place)
  }

  #accept(n: number): boolean {
    const id = idOf(n)
    if (this.messages.has(id)) {
      this.duplicates++
      return false
    }
    const place = this.messages.size
    this.messages.set(id, { id, key: keyOf(n), place, script: this.#scripts[n] ?? [], replays: 0, discarded: false })
    return true
  }

  #quarantine({ n, good }: Sent): void {
    const id = idOf(n)
    if (this.#setAside.has(id)) this.duplicates++
    else this.quarantined.set(id, good)
    this.#setAside.add(id)
  }
}
