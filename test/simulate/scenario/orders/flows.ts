import { contract, flow, policy, retry, saga, secret, target, timeout } from 'tieline'
import { http } from 'tieline/http'
import { standardWebhooks } from 'tieline/webhook'
import { z } from 'zod'

export const SHOP_SECRET = 'SHOP_SECRET'
export const DEPOT_URL = 'https://depot.test'

/** How the depot takes an order: some it refuses until it is asked again. */
const REFUSED = ['never', 'once', 'always'] as const
export type Refused = (typeof REFUSED)[number]

export const Order = contract('order', {
  version: 1,
  schema: z.looseObject({ id: z.string(), customer: z.string(), amount: z.int(), refused: z.enum(REFUSED) }),
  key: (order) => order.customer,
})
export type Order = { id: string; customer: string; amount: number; refused: Refused }

const shop = standardWebhooks({ name: 'shop', secret: secret(SHOP_SECRET) })
const placed = shop.on('order.placed', Order)
const packed = shop.on('order.packed', Order)
const relayed = shop.on('order.relayed', Order)

const depot = http('depot', {
  baseUrl: DEPOT_URL,
  policy: policy(retry({ attempts: 2, base: '200ms', max: '1s' }), timeout('20s')),
})
/** Who asks travels with the call, so that it can be held against leases. */
export interface Asked {
  readonly flow: string
  readonly message: string
  readonly refused: Refused
}
const charge = depot.post<Asked>('/charge', { name: 'charge' })
const book = depot.post<Asked>('/book', { name: 'book' })
const reserve = depot.post<Asked>('/reserve', { name: 'reserve' })
const release = depot.post<Asked>('/release', { name: 'release' })
const ship = depot.post<Asked>('/ship', { name: 'ship' })

const soon = { attempts: 3, base: '500ms', max: '4s' } as const
const key = (order: Order) => order.customer

/** One call, in order, held behind a dead letter. */
export const charges = flow('charges', {
  from: placed,
  key,
  to: target('charge', {
    input: Order,
    call: charge,
    with: ({ refused }: Order, { id }) => ({ flow: 'charges', message: id, refused }),
  }),
  retry: { ...soon, attempts: 2 }, // so that some give up though their charge was made, and are replayed
})

/** The same event once more, for somebody else: nobody waits behind a dead letter. */
export const bookings = flow('bookings', {
  from: relayed,
  key,
  to: target('book', {
    input: Order,
    call: book,
    with: ({ refused }: Order, { id }) => ({ flow: 'bookings', message: id, refused }),
  }),
  retry: soon,
  onDead: 'release key',
})

/** Two steps, the first of which can be undone. */
const fulfil = saga('fulfil', { input: Order })
  .step('reserve', {
    calls: [reserve, release],
    do: ({ message, ...call }) => reserve({ flow: 'fulfilments', message: message.id, refused: 'never' }, call),
    undo: ({ message, ...call }) => release({ flow: 'fulfilments', message: message.id, refused: 'never' }, call),
  })
  .step('ship', {
    calls: [ship],
    do: ({ input, message, ...call }) =>
      ship({ flow: 'fulfilments', message: message.id, refused: input.refused }, call),
    irreversible: 'it has left the house',
  })

export const fulfilments = flow('fulfilments', { from: packed, key, to: fulfil, retry: soon })
