import { createHash } from 'node:crypto'
import { memory } from '../../src/adapter/store/memory/index.ts'
import type { Contract } from '../../src/declare/contract/contract.ts'
import type { Flow } from '../../src/declare/flow/flow.ts'
import { policy, timeout } from '../../src/declare/policy/policy.ts'
import { type Endpoint, endpoint, type Source, type SourceEvent, source } from '../../src/declare/source/source.ts'
import { type Connector, type Operation, operation } from '../../src/declare/target/operation.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { Taken } from '../../src/engine/intake.ts'
import type { Host } from '../../src/port/host.ts'
import type { HttpRequest, HttpResponse } from '../../src/port/http.ts'
import type { Store } from '../../src/port/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'

/** What the tests send: an order of a customer. */
export interface Order {
  readonly id: string
  readonly customer: string
  readonly amount: number
}

const orderContract: Contract<unknown> = {
  kind: 'contract',
  name: 'order-event',
  version: 1,
  compatibility: 'backward',
  key: () => '',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  jsonSchema: undefined,
  check: (value) => {
    const amount = (value as { amount?: unknown }).amount
    return typeof amount === 'number'
      ? { ok: true, value }
      : { ok: false, issues: [{ path: 'amount', message: 'expected a number' }] }
  },
  prepare: async () => {},
}

export const shop: Endpoint = endpoint({
  name: 'shop',
  scheme: 'github',
  read: () => [],
})
export const orders: Source<Order> = source({ endpoint: shop, type: 'order', contract: orderContract })

const connector: Connector = {
  kind: 'connector',
  name: 'crm',
  baseUrl: 'http://crm.test',
  secrets: [],
  policy: policy(timeout('5s')),
  allow: [],
  proxy: undefined,
  maxResponseBytes: 1_000_000,
  faults: {
    source: 'this test',
    rows: [
      { status: 429, means: 'retry-after', why: 'busy' },
      { status: '5xx', means: 'retry', why: 'broken' },
      { status: '4xx', means: 'stop', why: 'refused' },
    ],
  },
}

export function call<I>(name: string): Operation<I, { readonly made: string }> {
  return operation({
    connector,
    name,
    idempotency: { by: 'header', name: 'idempotency-key' },
    request: (input, { idempotencyKey, attempt }) => ({
      method: 'POST',
      path: `/${name}`,
      headers: { 'idempotency-key': idempotencyKey, 'tieline-attempt': String(attempt) },
      body: JSON.stringify(input),
    }),
    response: (answer) => answer.json() as { readonly made: string },
  })
}

/** One call as the other side saw it. */
export interface Seen {
  readonly path: string
  readonly key: string
  readonly attempt: string
  readonly body: Order
  readonly atMs: number
}

export type Answer = (seen: Seen, request: HttpRequest) => number | HttpResponse | Promise<number | HttpResponse>

export interface World {
  readonly clock: VirtualClock
  readonly store: Store
  readonly engine: Engine
  readonly seen: Seen[]
  answer: Answer
  /** An answer that never comes; it ends when the call is aborted. */
  unanswered(request: HttpRequest): Promise<never>
  send(...orders: readonly (Order | Record<string, unknown>)[]): Promise<Taken>
  /** Another process on the same store. */
  second(flows: readonly Flow[], store?: Store): Engine
}

export async function world(
  flows: readonly Flow[],
  { started = true, retainMs = 7 * 86_400_000 }: { readonly started?: boolean; readonly retainMs?: number } = {},
): Promise<World> {
  const clock = virtualClock()
  const store = memory({ clock })
  const seen: Seen[] = []
  const signals = new Map<HttpRequest, AbortSignal>()
  const it: World = {
    clock,
    store,
    seen,
    engine: undefined as never,
    answer: () => 200,
    unanswered: (request) =>
      new Promise((_, reject) => {
        const signal = signals.get(request)
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
    send: (...list) => it.engine.intake.take(shop, list.map(eventOf), new Uint8Array()),
    second: (other, on = store) =>
      createEngine({ flows: other, store: on, host: { ...host, name: 'second' }, retainMs }),
  }
  const host: Host = {
    name: 'first',
    clock,
    random: () => 0.5,
    digest: (text) => createHash('sha256').update(text).digest('base64url'),
    secrets: { read: () => [] },
    log: () => {},
    http: {
      request: async (request, signal) => {
        if (signal !== undefined) signals.set(request, signal)
        const call: Seen = {
          path: new URL(request.url).pathname,
          key: request.headers['idempotency-key'] ?? '',
          attempt: request.headers['tieline-attempt'] ?? '',
          body: JSON.parse(String(request.body)) as Order,
          atMs: clock.mono(),
        }
        seen.push(call)
        const answer = await it.answer(call, request)
        if (typeof answer !== 'number') return answer
        return {
          status: answer,
          headers: {},
          body: new TextEncoder().encode(JSON.stringify({ made: `${call.path}:${call.body.id}` })),
        }
      },
    },
  }
  await store.migrate()
  Object.assign(it, { engine: createEngine({ flows, store, host, retainMs }) })
  if (started) await it.engine.start()
  return it
}

function eventOf(order: Order | Record<string, unknown>): SourceEvent {
  return {
    id: String(order.id),
    type: 'order',
    attributes: {},
    data: order,
    raw: new TextEncoder().encode(JSON.stringify(order)),
  }
}
