import { createHash } from 'node:crypto'
import { memory } from '../../src/adapter/store/memory/index.ts'
import type { Flow } from '../../src/declare/flow/flow.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import type { Policy } from '../../src/declare/policy/policy.ts'
import { endpoint, source } from '../../src/declare/source/source.ts'
import { type Connector, type Operation, operation } from '../../src/declare/target/operation.ts'
import { target } from '../../src/declare/target/target.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { Clock } from '../../src/port/clock.ts'
import type { Host } from '../../src/port/host.ts'
import type { HttpResponse } from '../../src/port/http.ts'
import type { Store } from '../../src/port/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'

export const shop = endpoint({ name: 'shop', scheme: 'github', read: () => [] })

export interface Order {
  readonly id: string
  readonly customer: string
  readonly tenant?: string
}

const contract = {
  kind: 'contract',
  name: 'order',
  version: 1,
  compatibility: 'backward',
  key: () => '',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
  jsonSchema: undefined,
  check: (value: unknown) => ({ ok: true, value }),
  prepare: async () => {},
} as const

const orders = source<Order>({ endpoint: shop, type: 'order', contract: contract as never })

export function connector(name: string, policy: Policy): Connector {
  return {
    kind: 'connector',
    name,
    baseUrl: `http://${name}.test`,
    secrets: [],
    policy,
    allow: [],
    proxy: undefined,
    maxResponseBytes: 1_000_000,
    faults: { source: 'this test', rows: [{ status: 429, means: 'retry-after', why: 'busy' }] },
  }
}

export function put(to: Connector): Operation<Order, number> {
  return operation({
    connector: to,
    name: 'put',
    idempotency: { by: 'header', name: 'idempotency-key' },
    request: (input, { idempotencyKey }) => ({
      method: 'POST',
      path: `/${input.customer}`,
      headers: { 'idempotency-key': idempotencyKey },
      body: JSON.stringify(input),
    }),
    response: ({ status }) => status,
  })
}

export function orderFlow(
  name: string,
  call: Operation<Order, number>,
  more: Partial<Parameters<typeof flow>[1]> = {},
): Flow {
  return flow(name, {
    from: orders,
    key: (order: Order) => order.customer,
    to: target(name, { call, with: (order: Order) => order }),
    retry: { attempts: 100, base: '1s', max: '5s' },
    ...(more as object),
  } as never)
}

export interface Call {
  readonly host: string
  readonly worker: string
  readonly id: string
  readonly atMs: number
}

type Answer = number | HttpResponse | Promise<number | HttpResponse>

export interface World {
  readonly clock: VirtualClock
  readonly store: Store
  readonly calls: Call[]
  readonly workers: readonly Worker[]
  answer: (call: Call) => Answer
  send(...orders: readonly Order[]): Promise<void>
  start(name: string): Promise<Worker>
}

export interface Worker {
  readonly engine: Engine
  /** Its process stands still: no timer fires, no answer comes, until it goes on. */
  freeze(): void
  thaw(): void
}

/** So many processes on one store, which all of them may write. */
export async function world(flows: readonly Flow[], workers: number, writers: 'one' | 'many' = 'many'): Promise<World> {
  const clock = virtualClock()
  const held = memory({ clock })
  const store: Store = { ...held, traits: { ...held.traits, writers } }
  const all: Worker[] = []
  const it: World = {
    clock,
    store,
    calls: [],
    workers: all,
    answer: () => 200,
    send: async (...list) => {
      await all[0]!.engine.intake.take(shop, list.map(eventOf), new Uint8Array())
    },
    start: async (name) => {
      const ice = iceOf(clock)
      const host: Host = {
        name,
        clock: ice.clock,
        random: seeded(name),
        digest: (text) => createHash('sha256').update(text).digest('base64url'),
        secrets: { read: () => [] },
        log: () => {},
        http: {
          request: async (request) => {
            const call: Call = {
              host: new URL(request.url).hostname,
              worker: name,
              id: (JSON.parse(String(request.body)) as Order).id,
              atMs: clock.mono(),
            }
            it.calls.push(call)
            const answer = await it.answer(call)
            await ice.melted()
            return typeof answer === 'number' ? { status: answer, headers: {}, body: new Uint8Array() } : answer
          },
        },
      }
      const engine = createEngine({ flows, store: ice.store(store), host, retainMs: 86_400_000 })
      const worker = { engine, freeze: ice.freeze, thaw: ice.thaw }
      await engine.start()
      all.push(worker)
      return worker
    },
  }
  await store.migrate()
  for (let i = 0; i < workers; i++) await it.start(`worker ${i}`)
  return it
}

/** A process that can be stopped as SIGSTOP does: its clock goes on, and it does not. */
function iceOf(clock: VirtualClock): {
  clock: Clock
  store: (store: Store) => Store
  melted: () => Promise<void>
  freeze: () => void
  thaw: () => void
} {
  let ice: Promise<void> | undefined
  let thaw = (): void => {}
  const melted = async (): Promise<void> => {
    while (ice !== undefined) await ice
  }
  return {
    clock: {
      ...clock,
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal)
        await melted()
      },
    },
    store: (store) => ({
      ...store,
      claim: async (request) => {
        await melted()
        return store.claim(request)
      },
    }),
    melted,
    freeze: () => {
      ice = new Promise((resolve) => {
        thaw = () => {
          ice = undefined
          resolve()
        }
      })
    },
    thaw: () => thaw(),
  }
}

/** The same numbers for the same name. */
function seeded(name: string): () => number {
  let state = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function eventOf(order: Order) {
  return {
    id: order.id,
    type: 'order',
    attributes: order.tenant === undefined ? {} : { tenant: order.tenant },
    data: order,
    raw: new TextEncoder().encode(JSON.stringify(order)),
  }
}

export function manyOrders(count: number, from = 0, customers = count): Order[] {
  return Array.from({ length: count }, (_, i) => ({ id: `o${from + i}`, customer: `c${(from + i) % customers}` }))
}

/** The most calls that any window of so many milliseconds holds. */
export function densest(calls: readonly Call[], windowMs: number): number {
  const at = calls.map(({ atMs }) => atMs).sort((a, b) => a - b)
  let most = 0
  for (let from = 0, to = 0; to < at.length; to++) {
    while ((at[to] as number) - (at[from] as number) >= windowMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
