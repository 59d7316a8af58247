import { flow } from '../../../src/declare/flow/flow.ts'
import { target } from '../../../src/declare/target/target.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import type { Store } from '../../../src/port/store.ts'
import type { VirtualClock } from '../../../src/testing/virtual-clock.ts'
import { call, type Order, orders, type World, world } from '../../engine/world.ts'
import { ATTEMPTS } from './model.ts'

/** Where a store is kept. */
export interface Shelf extends AsyncDisposable {
  open(clock: VirtualClock): Promise<Store>
  /** A store that is closed can be opened again with all that it had. */
  readonly reopens: boolean
}

export const FLOW = 'deals'

const deals = flow(FLOW, {
  from: orders,
  key: (order) => order.customer,
  retry: { attempts: ATTEMPTS, base: '1s', max: '10s', maxRetryAfter: '1m' },
  concurrency: 4,
  to: target('deal', { call: call<Order>('deals'), with: (order: Order) => order }),
})

/** One engine with its own line to the store, which can be cut. */
export interface Live {
  readonly engine: Engine
  readonly line: Line
}

interface Line {
  readonly store: Store
  readonly isCut: boolean
  /** Questions wait, and so do answers that are on their way. */
  cut(): void
  heal(): void
}

/** Engines on one store, under one virtual clock. */
export class Runtime {
  readonly world: World
  readonly #shelf: Shelf
  #store: Store
  /** Verbs that the store is busy with. */
  #busy = 0
  engines: Live[] = []

  private constructor(it: World, shelf: Shelf, store: Store) {
    this.world = it
    this.#shelf = shelf
    this.#store = store
  }

  static async open(shelf: Shelf): Promise<Runtime> {
    const it = await world([deals], { started: false })
    const runtime = new Runtime(it, shelf, await shelf.open(it.clock))
    await runtime.start()
    return runtime
  }

  async start(): Promise<void> {
    const line = this.#line()
    const engine = this.world.second([deals], line.store)
    this.engines.push({ engine, line })
    await engine.start()
    await this.idle()
  }

  /** As a signal stops it. */
  async stop(live: Live): Promise<void> {
    this.engines = this.engines.filter((one) => one !== live)
    await this.until(live.engine.drain(1_000))
  }

  /** As `kill -9` stops it: nothing of it reaches the store any more. */
  crash(live: Live): void {
    this.engines = this.engines.filter((one) => one !== live)
    live.line.cut()
    void live.engine.drain(0)
  }

  /** Another process on the same file, where there is one. No engine is left. */
  async reopen(how: 'reopen' | 'kill'): Promise<void> {
    for (const live of this.engines) {
      if (how === 'kill') this.crash(live)
      else await this.stop(live)
    }
    if (!this.#shelf.reopens) return
    await this.idle()
    await this.#store[Symbol.asyncDispose]()
    this.#store = await this.#shelf.open(this.world.clock)
  }

  async close(): Promise<void> {
    for (const live of this.engines) {
      live.line.heal()
      await this.stop(live)
    }
    await this.#store[Symbol.asyncDispose]()
  }

  /** Moves time on in steps so short that a disk is not slow by them. */
  async advance(ms: number): Promise<void> {
    const step = this.#shelf.reopens ? STEP_MS : ms
    await this.idle()
    for (let left = ms; left > 0; left -= step) {
      await this.world.clock.advance(Math.min(step, left))
      await this.idle()
    }
  }

  /** Moves time on until something has happened. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let over = false
    const watched = promise.finally(() => {
      over = true
    })
    watched.catch(() => {}) // looked at below
    await this.idle()
    for (let step = 0; !over && step < MOST_STEPS; step++) await this.advance(STEP_MS)
    if (!over) throw new Error('it does not end')
    return watched
  }

  /** Until everything that needs no time has happened. */
  async idle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    while (this.#busy > 0)
  }

  #line(): Line {
    const store = this.#store
    let whole: PromiseWithResolvers<void> | undefined
    const verb =
      (name: (typeof VERBS)[number]) =>
      async (...given: readonly unknown[]): Promise<unknown> => {
        await whole?.promise
        this.#busy++
        try {
          return await (store[name] as (...given: readonly unknown[]) => Promise<unknown>)(...given)
        } finally {
          this.#busy--
          await whole?.promise
        }
      }
    const verbs: unknown = {
      ...Object.fromEntries(VERBS.map((name) => [name, verb(name)])),
      traits: store.traits,
      watch: (wake: (flow: string) => void) => store.watch?.(wake),
      [Symbol.asyncDispose]: async () => {},
    }
    return {
      store: verbs as Store,
      get isCut(): boolean {
        return whole !== undefined
      },
      cut: () => {
        whole = Promise.withResolvers()
      },
      heal: () => {
        whole?.resolve()
        whole = undefined
      },
    }
  }
}

const STEP_MS = 250
const MOST_STEPS = 400
const VERBS = [
  'migrate',
  'accept',
  'claim',
  'extend',
  'append',
  'settle',
  'history',
  'find',
  'move',
  'read',
  'write',
  'purge',
  'status',
] as const
