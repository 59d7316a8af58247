// Mistakes that must not compile: `npm run types` fails when one of them does.
import { inbox, type Transaction } from 'tieline/outbox'
import { shop } from './shop.ts'

export async function mistakes(tx: Transaction): Promise<void> {
  // @ts-expect-error a type that is not declared
  await shop.publish(tx, { type: 'order.lost', data: { id: '1', note: '' } })
  // @ts-expect-error data of another shape
  await shop.publish(tx, { type: 'order.placed', data: { id: 1, note: '' } })
  // @ts-expect-error no data
  await shop.publish(tx, { type: 'order.placed' })
  // @ts-expect-error a misspelled field
  await shop.publish(tx, { type: 'order.placed', data: { id: '1', note: '' }, attribute: {} })
  await shop.publish(tx, [
    { type: 'order.placed', data: { id: '1', note: '' } },
    // @ts-expect-error one of several is wrong
    { type: 'order.cancelled', data: {} },
  ])
  // @ts-expect-error no transaction
  await shop.publish({ send: () => {} }, { type: 'order.placed', data: { id: '1', note: '' } })
  // @ts-expect-error an event that the outbox does not have
  shop.on('order.lost')
  // @ts-expect-error a message without its source
  await inbox('books').once(tx, { id: '1' })
}
