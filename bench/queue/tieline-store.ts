// Tieline's store by its port, as an engine uses it: accept in batches, claim, settle in batches, woken by watch.
import type { Store } from 'tieline'
import { postgres } from 'tieline/postgres'
import { sleep } from '../process.ts'
import type { Inbox } from './inbox.ts'
import { BATCH, type System } from './system.ts'
import { DURABLE, FLOW, producer } from './tieline.ts'

/** So many batches are between claim and settle in one process. */
const TURNS = 2
const LEASE_MS = 10_000
/** Behind every wake-up, in case it is lost. */
const POLL_MS = 100

const utf8 = new TextDecoder()

export const tielineStore: System = {
  setup: `store.accept in batches of ${BATCH}, 2 in flight; ${TURNS} loops of claim (limit ${BATCH}) and settle a process, woken by watch()`,
  durable: DURABLE,
  needs: 'postgres',
  keyed: 'in order',
  prepare: async ({ url }) => {
    await using store = postgres(url)
    await store.migrate()
  },
  produce: (place) => producer(postgres(place.url), place),
  async work({ url }, inbox, index) {
    const store = postgres(url)
    await store.migrate()
    let stopped = false
    let loops: Promise<unknown> = Promise.resolve()
    const bell = new Bell()
    const watched = await store.watch?.(() => bell.ring())
    return {
      start: async () => {
        const owner = `bench-${process.pid}-${index}`
        loops = Promise.all(Array.from({ length: TURNS }, () => turns(store, owner, inbox, bell, () => stopped)))
      },
      [Symbol.asyncDispose]: async () => {
        stopped = true
        bell.ring()
        await loops
        await watched?.[Symbol.asyncDispose]()
        await store[Symbol.asyncDispose]()
      },
    }
  },
}

async function turns(store: Store, owner: string, inbox: Inbox, bell: Bell, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const heard = bell.rings
    const claimed = await store.claim({ flows: [FLOW], owner, limit: BATCH, leaseMs: LEASE_MS })
    for (const { message } of claimed) inbox.takeText(utf8.decode(message.body))
    if (claimed.length === 0) {
      await bell.after(heard)
      continue
    }
    const settled = await store.settle(claimed.map(({ lease }) => ({ lease, as: 'done' as const })))
    inbox.settle(settled.filter((one) => one === 'ok').length)
  }
}

/** Wakes whoever found nothing to do; whoever looked before it rang does not sleep. */
class Bell {
  rings = 0
  readonly #asleep = new Set<() => void>()

  ring(): void {
    this.rings++
    for (const wake of this.#asleep) wake()
    this.#asleep.clear()
  }

  async after(heard: number): Promise<void> {
    if (this.rings !== heard) return
    await Promise.race([new Promise<void>((resolve) => this.#asleep.add(resolve)), sleep(POLL_MS)])
  }
}
