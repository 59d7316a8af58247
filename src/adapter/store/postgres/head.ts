import type { Delivery, Message, NewMessage } from '../../../port/store.ts'

/** What a message is besides its bytes, as one JSON text. */
export type Head = readonly [
  id: string,
  type: string,
  attributes: Readonly<Record<string, string>>,
  deliveries: readonly (readonly [flow: string, key: string, effect: string, tenant?: string])[],
]

export function headOf(message: NewMessage): string {
  const deliveries = message.deliveries.map(placeOf)
  return JSON.stringify([message.id, message.type, message.attributes, deliveries])
}

/** As a head has it. */
export function placeOf({ flow, key, effect, tenant = '' }: Delivery): Head[3][number] {
  return tenant === '' ? [flow, key, effect] : [flow, key, effect, tenant]
}

export function messageOf(head: Head, source: string, acceptedAtMs: number, body: Uint8Array): Message {
  const [id, type, attributes] = head
  return Object.freeze({ source, id, type, attributes, body, acceptedAtMs })
}

/** The delivery of this piece of work: ids of one message follow one another by position. */
export function deliveryOf(head: Head, position: number): Required<Omit<Delivery, 'delayMs'>> {
  const [flow, key, effect, tenant = ''] = head[3][position] ?? ['', '', '']
  return { flow, key, effect, tenant }
}
