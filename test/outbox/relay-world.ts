import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { type Flow, flow, target } from 'tieline'
import { memory } from 'tieline/memory'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { Outbox, OutboxMessage } from '../../src/port/outbox.ts'
import type { Store } from '../../src/port/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { call } from '../engine/world.ts'
import { type Order, shop } from './shop.ts'

/** Every placed order is told to a provider, in the order of the key that it was published with. */
export const flows: readonly Flow[] = [
  flow('orders', {
    from: shop.on('order.placed'),
    to: target('provider', {
      call: call<Order>('orders'),
      with: (order: Order) => order,
    }),
  }),
]

export interface RelayWorld {
  readonly clock: VirtualClock
  readonly store: Store
  /** Notes of the orders as the provider saw them. */
  readonly delivered: string[]
  /** What was logged: event and fields. */
  readonly logged: (readonly [string, unknown])[]
  process(name: string, outbox: Outbox, declared?: readonly Flow[]): Engine
  /** Moves time on, and lets what is under way go on, until something holds. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>
}

export async function relayWorld(): Promise<RelayWorld> {
  const clock = virtualClock()
  const store = memory({ clock })
  const delivered: string[] = []
  const logged: (readonly [string, unknown])[] = []
  await store.migrate()
  return {
    clock,
    store,
    delivered,
    logged,
    process: (name, outbox, declared = flows) =>
      createEngine({
        flows: declared,
        store: { ...store, outbox },
        retainMs: 86_400_000,
        host: {
          name,
          clock,
          random: () => 0.5,
          digest: (text) => createHash('sha256').update(text).digest('base64url'),
          secrets: { read: () => [] },
          log: (_level, event, fields) => void logged.push([event, fields]),
          http: {
            request: async (request) => {
              const { note } = JSON.parse(String(request.body)) as Order
              delivered.push(note)
              return { status: 200, headers: {}, body: new TextEncoder().encode('{"made":"1"}') }
            },
          },
        },
      }),
    until: async (holds) => {
      for (let turns = 0; !(await holds()); turns++) {
        if (turns > 20_000) throw new Error('it does not come to hold')
        await clock.advance(20)
        await setImmediate()
      }
    },
  }
}

/** An outbox in memory, which counts who looks into it. */
export interface ListOutbox extends Outbox {
  readonly messages: (OutboxMessage & { readonly source: string })[]
  takes: number
  put(
    id: string,
    note: unknown,
    more?: { readonly source?: string; readonly type?: string; readonly body?: string },
  ): void
}

/** `messages` is shared by the processes of one database. */
export function listOutbox(messages: ListOutbox['messages'] = []): ListOutbox {
  let position = 0
  const it: ListOutbox = {
    messages,
    takes: 0,
    put: (id, note, { source = 'shop', type = 'order.placed', body = JSON.stringify({ id, note }) } = {}) =>
      void messages.push({
        position: String(position++),
        source,
        id: `${id}-${String(note)}`,
        type,
        attributes: { partitionkey: id },
        body: Buffer.from(body),
      }),
    take: async (source, limit) => {
      it.takes++
      return messages.filter((message) => message.source === source).slice(0, limit)
    },
    done: async (source, positions) => {
      for (const gone of positions) {
        const at = messages.findIndex((message) => message.source === source && message.position === gone)
        if (at >= 0) messages.splice(at, 1)
      }
    },
    sources: async () =>
      [...new Set(messages.map(({ source }) => source))].map((source) => ({ source, oldestMs: 60_000 })),
  }
  return it
}
