import type { MemoryCore, MemoryDesk, Moment } from '../../adapter/store/memory/index.ts'
import { TielineError } from '../../core/error.ts'
import type { Claimed, Store } from '../../port/store.ts'
import type { Incarnation } from './incarnation.ts'
import type { Invariants } from './invariants.ts'
import type { Sim } from './sim.ts'

/** The one store of a world. */
export interface StoreParts {
  readonly sim: Sim
  readonly core: MemoryCore
  readonly desk: MemoryDesk
  readonly invariants: Invariants
  /** Something has changed: flows may have work, and it may all be over. */
  readonly changed: () => void
}

const fails = (lost: 'before' | 'after'): Error =>
  new TielineError('STORE_UNAVAILABLE', lost === 'before' ? 'not committed' : 'the answer was lost')

/** The store as one process reaches it: every verb a transaction of the memory store's core, with a way there and a way back. */
export function storePort(parts: StoreParts, process: Incarnation, watch: NonNullable<Store['watch']>): Store {
  const { sim, core, desk, invariants, changed } = parts
  const moment = (): Moment => ({ now: sim.wall, mono: sim.now })
  const write = <T>(name: string, detail: string, effect: (at: Moment) => T): Promise<T> =>
    sim.op(
      process,
      { name, write: true, detail },
      () => {
        const result = effect(moment())
        changed()
        return result
      },
      fails,
    )
  const read = <T>(name: string, effect: (at: Moment) => T): Promise<T> =>
    sim.op(process, { name, write: false, detail: '' }, () => effect(moment()), fails)

  return {
    traits: { name: 'simulated', watch: true, writers: 'many', maxBatch: 1_000, dedupe: { messages: 1_000_000 } },
    migrate: async () => {},
    accept: (messages) =>
      write('store.accept', messages.map(({ id }) => id).join(' '), (at) => {
        const accepted = core.accept(at, messages)
        invariants.accepted(messages)
        return accepted
      }),
    claim: async (request): Promise<Claimed[]> => {
      const { disturbed } = process
      return write('store.claim', request.flows[0] ?? '', (at) => {
        const claimed = core.claim(at, request)
        invariants.claimed(process, claimed, disturbed)
        return claimed
      })
    },
    extend: (leases, forMs) => write('store.extend', '', (at) => core.extend(at, leases, forMs)),
    append: (entries) =>
      write('store.append', entries.map(({ step, kind }) => `${step} ${kind}`).join(' '), (at) => {
        const settled = core.append(at, entries)
        const leases = entries.map(({ lease }) => lease)
        invariants.journalled(leases, settled)
        return settled
      }),
    settle: (outcomes) =>
      write(`store.settle ${outcomes[0]?.as}`, outcomes[0]?.lease.id ?? '', (at) => {
        const settled = core.settle(at, outcomes)
        invariants.settled(process, outcomes, settled)
        for (const { emit } of outcomes) invariants.accepted(emit ?? [])
        return settled
      }),
    history: (works) => read('store.history', () => desk.history(works)),
    find: (query) => read('store.find', () => desk.find(query)),
    move: (moves) =>
      write('store.move', moves.map(({ work, to }) => `${work} ${to}`).join(' '), (at) => {
        const moved = desk.move(at, moves)
        invariants.moved(moved)
        return moved
      }),
    read: (keys) => read('store.read', (at) => core.documents.read(at.now, keys)),
    write: (changes) => write('store.write', '', (at) => core.documents.write(at.now, changes)),
    purge: (olderThanMs, limit) => write('store.purge', '', (at) => desk.purge(at, olderThanMs, limit)),
    status: () => read('store.status', (at) => desk.status(at)),
    watch,
    [Symbol.asyncDispose]: async () => {},
  }
}
