import { Alarm } from '../../../engine/lanes/alarm.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import type { Clock } from '../../../port/clock.ts'
import type { Store, StoreTraits } from '../../../port/store.ts'
import { systemClock } from '../../clock/system.ts'
import { MemoryCore } from './core.ts'
import { MemoryDesk } from './desk.ts'

export type { Moment } from '../../../engine/lanes/moment.ts'
export { MemoryCore, type MemoryCoreOptions } from './core.ts'
export { MemoryDesk } from './desk.ts'
export type { StoredMessage, Work } from './record.ts'

export interface MemoryOptions {
  /** Default: the machine's own clock. */
  readonly clock?: Clock
  /** Waiting ids kept in order per flow and per lane before the rest is read again from the log. Default: no limit. */
  readonly window?: { readonly flow: number; readonly lane: number }
  /** Messages whose (source, id) is remembered. Default 1,000,000. */
  readonly remembered?: number
}

/** A store without a disk: for tests and simulation. Gone with the process. */
export function memory(options: MemoryOptions = {}): Store {
  const clock = options.clock ?? systemClock
  const remembered = options.remembered ?? 1_000_000
  const core = new MemoryCore({
    flowWindow: options.window?.flow ?? Number.POSITIVE_INFINITY,
    laneWindow: options.window?.lane ?? Number.POSITIVE_INFINITY,
    remembered,
    onFlow: (flow) => alarm.ready(flow),
  })
  const desk = new MemoryDesk(core)
  const moment = (): Moment => ({ now: clock.now(), mono: clock.mono() })
  const alarm = new Alarm(clock, () => core.expire(moment()))
  /** Runs one verb as one transaction; then what has become due sooner is awaited sooner. */
  const commit = async <T>(verb: (at: Moment) => T): Promise<T> => {
    const result = verb(moment())
    alarm.reset()
    return result
  }
  const traits: StoreTraits = Object.freeze({
    name: 'memory',
    watch: true,
    writers: 'one',
    maxBatch: 1_000,
    dedupe: Object.freeze({ messages: remembered }),
  })
  return Object.freeze({
    traits,
    migrate: async () => {},
    accept: (messages) => commit((at) => core.accept(at, messages)),
    claim: (request) => commit((at) => core.claim(at, request)),
    extend: (leases, forMs) => commit((at) => core.extend(at, leases, forMs)),
    append: (entries) => commit((at) => core.append(at, entries)),
    settle: (outcomes) => commit((at) => core.settle(at, outcomes)),
    history: (works) => commit(() => desk.history(works)),
    find: (query) => commit(() => desk.find(query)),
    move: (moves) => commit((at) => desk.move(at, moves)),
    read: (keys) => commit((at) => core.documents.read(at.now, keys)),
    write: (changes) => commit((at) => core.documents.write(at.now, changes)),
    purge: (olderThanMs, limit) => commit((at) => desk.purge(at, olderThanMs, limit)),
    status: () => commit((at) => desk.status(at)),
    watch: async (wake) => alarm.watch(wake),
    [Symbol.asyncDispose]: async () => alarm.close(),
  } satisfies Store)
}
