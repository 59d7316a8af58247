import { openSync, readFileSync, writeSync } from 'node:fs'

/** The operations of the provider, in the order in which a message calls them. The first is a flow of its own, the others are steps of a saga. */
export const CALLS = ['order', 'reserve', 'charge', 'ship'] as const
export type Call = (typeof CALLS)[number]

/** The two flows that take every event, with their calls. */
export const FLOWS: Readonly<Record<string, readonly Call[]>> = Object.freeze({
  orders: ['order'],
  fulfilment: ['reserve', 'charge', 'ship'],
})

/** What every event says: it is the `seq`th of its key. */
export interface EventData {
  readonly event: string
  readonly key: string
  readonly seq: number
}

/** Line of a sender's ledger: an attempt that was answered 2xx. */
export interface Answered extends EventData {
  readonly status: number
  /** The gateway said that it knew the event. */
  readonly duplicate: boolean
}

/** Line of the provider's ledger: a request that it took, in the order in which they came. */
export interface Called extends EventData {
  readonly call: Call
  /** `Idempotency-Key`; null when there was none. */
  readonly effect: string | null
  /** It had an effect; otherwise its key was known and the former answer was given. */
  readonly first: boolean
  /** What the effect made. */
  readonly id: string
  /** What the step before it made, as the caller says. */
  readonly after: string | null
  /** Which process called. */
  readonly process: number
  readonly atMs: number
}

/** Milliseconds since 1970. */
export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** Line of the supervisor's ledger: a life of the runtime. */
export interface Life {
  readonly pid: number
  /** When it was killed. Milliseconds since 1970. */
  readonly killedAtMs: number
  /** It was stopped in between. */
  readonly stopped?: Span
  /** Its network was not well. */
  readonly troubled?: Span
  /** The server was not well, for all. */
  readonly outage?: Span
}

export interface Ledger<Line> {
  append(line: Line): void
}

/** Appends lines of JSON, each with one write: what was written stays, whatever becomes of the process. */
export function openLedger<Line>(path: string): Ledger<Line> {
  const file = openSync(path, 'a')
  return {
    append: (line) => {
      writeSync(file, `${JSON.stringify(line)}\n`)
    },
  }
}

export function readLedger<Line>(path: string): readonly Line[] {
  const text = readFileSync(path, 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
}
