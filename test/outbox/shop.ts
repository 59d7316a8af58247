import { type Contract, contract } from 'tieline'
import { outbox } from 'tieline/outbox'
import * as z from 'zod'

/** What the shop of these tests publishes. */
export interface Order {
  readonly id: string
  readonly note: string
}

const spec = (version: number) => ({
  version,
  schema: z.strictObject({ id: z.string(), note: z.string() }),
  key: (order: Order) => order.id,
})
export const Placed: Contract<Order> = contract('order-placed', spec(1))
export const Cancelled: Contract<Order> = contract('order-cancelled', spec(1))

export const shop = outbox('shop', { events: { 'order.placed': Placed, 'order.cancelled': Cancelled } })

export const placed = (id: string, note = '') => ({ type: 'order.placed', data: { id, note } }) as const
