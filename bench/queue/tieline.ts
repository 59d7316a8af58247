import type { Store } from 'tieline'
import { bytesOf, keyOf } from './message.ts'
import type { Place, Producer } from './system.ts'

export const FLOW = 'noop'
export const SOURCE = 'events'
export const TYPE = 'payment'

/** What the database gives up for an acknowledgement, and what is written for a message beside the message itself. */
export const DURABLE = 'committed with synchronous_commit=on; a row for what was done is written and kept'

type NewMessage = Parameters<Store['accept']>[0][number]

/** A message as the gateway would hand it to the store. */
export function messageOf(n: number, keys: number, body: Uint8Array = bytesOf(n)): NewMessage {
  const id = `m${n}`
  return {
    source: SOURCE,
    id,
    type: TYPE,
    attributes: {},
    body,
    deliveries: [{ flow: FLOW, key: keyOf(n, keys), effect: id }],
  }
}

export async function producer(store: Store, { keys }: Place): Promise<Producer> {
  await store.migrate()
  return {
    put: async (numbers) => void (await store.accept(numbers.map((n) => messageOf(n, keys)))),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
