import type { Delivery, Message, NewMessage } from '../../../port/store.ts'

/** What a message is besides its bytes, as one JSON text. */
export type Head = readonly [
  id: string,
  type: string,
  attributes: Readonly<Record<string, string>>,
  deliveries: readonly (readonly [flow: string, key: string, effect: string])[],
]

export function headOf(message: NewMessage): string {
  const deliveries = message.deliveries.map(({ flow, key, effect }) => [flow, key, effect])
  return JSON.stringify([message.id, message.type, message.attributes, deliveries])
}

export function messageOf(head: Head, source: string, acceptedAtMs: number, body: Uint8Array): Message {
  const [id, type, attributes] = head
  return Object.freeze({ source, id, type, attributes, body, acceptedAtMs })
}

/** The delivery of this piece of work: ids of one message follow one another by position. */
export function deliveryOf(head: Head, position: number): Delivery {
  const [flow, key, effect] = head[3][position] ?? ['', '', '']
  return { flow, key, effect }
}
