import type { Inbox } from './inbox.ts'

/** Where one measurement happens. */
export interface Place {
  /** An empty database of its own. */
  readonly url: string
  /** An empty Redis of its own; empty when the system has no need of one. */
  readonly redisPort: string
  readonly messages: number
  /** How many ordering keys; 0: every message has its own. */
  readonly keys: number
  /** How many processes work. */
  readonly workers: number
}

export interface Producer extends AsyncDisposable {
  /** Resolves when these are acknowledged: durable as the system says. At most one batch per stream is in flight. */
  put(numbers: readonly number[], stream: number): Promise<void>
}

export interface Worker extends AsyncDisposable {
  /** Begins to work. Everything that arrives goes into the inbox. */
  start(): Promise<void>
}

/** A queue, behind the few things that are measured of it. */
export interface System {
  /** How it is set up, in the words of its documentation. */
  readonly setup: string
  /** What an acknowledged message survives. */
  readonly durable: string
  readonly needs: 'postgres' | 'redis'
  /** What it promises for messages with one key; undefined: it has no such keys. */
  readonly keyed?: 'in order' | 'one at a time'
  /** Creates its tables. Once, in a process of its own. */
  prepare(place: Place): Promise<void>
  produce(place: Place): Promise<Producer>
  work(place: Place, inbox: Inbox, index: number): Promise<Worker>
  /** How many messages are not settled. Without it the worker itself knows, and tells its inbox. */
  left?(place: Place): Promise<number>
}

/** Messages in one call of a system that takes batches. */
export const BATCH = 500
