import assert from 'node:assert/strict'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import type { Fault } from '../../core/fault.ts'
import type { Claimed, Lease, NewMessage, Outcome, Store } from '../../port/store.ts'

/** An empty store to prove, and what can be done to it from outside. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: Store
  /** Moves the store's own clock. Without it the laws wait in real time. */
  advance?(ms: number): Promise<void>
  /** Closes the store, leases and all, and opens the same data again. Without it nothing is proved about restarts. */
  reopen?(): Promise<Store>
}

export const FAULT: Fault = Object.freeze({
  code: 'PROVIDER_REFUSED',
  message: 'no such customer "17"',
  retryable: false,
  fingerprint: 'PROVIDER_REFUSED: no such customer …',
})

/** `s\0` and either of these have one `hash53`: found by Pollard's rho. */
export const HASHED_ALIKE: readonly [string, string] = ['6517459229052707', '2461433259233637']

/** Long enough that it does not end while a law runs in real time. */
export const LEASE_MS = 60_000
/** Short enough to be waited for. */
export const SHORT_MS = 150

const FLOW = 'orders'
const PATIENCE_MS = 5_000
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export type Draft = Partial<Omit<NewMessage, 'body'>> & {
  readonly body?: string | Uint8Array
  readonly key?: string
  readonly flow?: string
}

/** What a law works with: one store, and the few gestures that laws are made of. */
export class Scene {
  store: Store
  readonly #under: StoreUnderTest

  constructor(under: StoreUnderTest) {
    this.#under = under
    this.store = under.store
  }

  /** Time goes by as it likes: a short lease may be over before the next verb. */
  get realTime(): boolean {
    return this.#under.advance === undefined
  }

  get reopens(): boolean {
    return this.#under.reopen !== undefined
  }

  async pass(ms: number): Promise<void> {
    if (this.#under.advance) await this.#under.advance(ms)
    else if (ms > 0) await pause(ms + 20)
    else await turn()
  }

  async reopen(): Promise<void> {
    this.store = await this.#under.reopen!()
  }

  /** A message of source `shop` for flow `orders` unless said otherwise; its body is its id. */
  message(id: string, draft: Draft = {}): NewMessage {
    const { body, key = 'k', flow = FLOW, ...rest } = draft
    return {
      source: 'shop',
      id,
      type: 'order.placed',
      attributes: {},
      deliveries: [{ flow, key, effect: `effect-${flow}-${id}` }],
      ...rest,
      body: typeof body === 'string' ? encoder.encode(body) : (body ?? encoder.encode(id)),
    }
  }

  async accept(id: string, draft?: Draft): Promise<void> {
    const [taken] = await this.store.accept([this.message(id, draft)])
    assert.deepEqual(taken, { id, duplicate: false })
  }

  /** One look: what is ready now. */
  claim(limit = 100, flows: readonly string[] = [FLOW], leaseMs: number = LEASE_MS, owner = 'me'): Promise<Claimed[]> {
    return this.store.claim({ flows, owner, limit, leaseMs })
  }

  /** Claims until `count` pieces of work are held; a store may need a moment to read on. */
  async take(count: number, flows?: readonly string[], leaseMs?: number, owner?: string): Promise<Claimed[]> {
    const taken: Claimed[] = []
    for (const until = Date.now() + PATIENCE_MS; taken.length < count && Date.now() < until; await turn()) {
      taken.push(...(await this.claim(count - taken.length, flows, leaseMs, owner)))
    }
    assert.equal(taken.length, count, `expected ${count} ready, found [${taken.map((work) => work.message.id)}]`)
    return taken
  }

  async one(flows?: readonly string[], leaseMs?: number, owner?: string): Promise<Claimed> {
    return (await this.take(1, flows, leaseMs, owner))[0]!
  }

  /** Nothing is ready, now and a few turns later. */
  async nothing(flows?: readonly string[]): Promise<void> {
    for (let look = 0; look < 4; look++) {
      const found = await this.claim(100, flows)
      assert.deepEqual(ids(found), [], 'expected nothing to be ready')
      await turn()
    }
  }

  async settle(outcome: Outcome): Promise<void> {
    assert.deepEqual(await this.store.settle([outcome]), ['ok'])
  }

  async done(...works: readonly Claimed[]): Promise<void> {
    const settled = await this.store.settle(works.map((work) => ({ lease: work.lease, as: 'done' })))
    assert.deepEqual(
      settled,
      works.map(() => 'ok'),
    )
  }

  retry(work: Claimed, afterMs = 0): Promise<void> {
    return this.settle({ lease: work.lease, as: 'retry', afterMs, fault: FAULT })
  }

  dead(work: Claimed, lane: 'hold' | 'release'): Promise<void> {
    return this.settle({ lease: work.lease, as: 'dead', fault: FAULT, lane })
  }

  /** Claims and finishes everything of these flows until nothing of them is pending; answers the message ids in the order of their claims. */
  async drain(flows: readonly string[] = [FLOW]): Promise<string[]> {
    const order: string[] = []
    for (const until = Date.now() + PATIENCE_MS; (await this.#pending(flows)) > 0; await turn()) {
      assert.ok(Date.now() < until, `something stays pending after [${order}]`)
      const works = await this.claim(100, flows)
      order.push(...ids(works))
      await this.done(...works)
    }
    return order
  }

  async #pending(flows: readonly string[]): Promise<number> {
    const { flows: counts } = await this.store.status()
    return counts.reduce((sum, { flow, pending }) => (flows.includes(flow) ? sum + pending : sum), 0)
  }

  async state(work: string): Promise<string | undefined> {
    return (await this.store.history([work]))[0]?.state
  }
}

export function ids(works: readonly Claimed[]): string[] {
  return works.map((work) => work.message.id)
}

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decoder.decode(bytes)
}

export function forged(lease: Lease, change: Partial<Lease>): Lease {
  return { ...lease, ...change }
}
