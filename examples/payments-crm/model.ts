import { contract } from 'tieline'
import { z } from 'zod'

/** The app's own event: somebody signed up. */
export const SignUp = contract('sign-up', {
  version: 1,
  schema: z.looseObject({ id: z.string(), email: z.email(), name: z.string() }),
  key: (signUp) => signUp.id,
})

/** What the company means by a customer. */
export const Customer = contract('customer', {
  version: 1,
  compatibility: 'backward',
  schema: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }),
  key: (customer) => customer.id,
})

/** What the company means by a change of a payment, whichever provider it comes from. */
export const PaymentChange = contract('payment-change', {
  version: 1,
  compatibility: 'backward',
  schema: z.strictObject({
    payment: z.string(),
    change: z.enum(['paid', 'refunded']),
    amount: z.string(), // decimal, in the units of its currency
    currency: z.string().length(3),
    at: z.iso.datetime(),
  }),
  key: (change) => change.payment,
})
export type PaymentChange = {
  payment: string
  change: 'paid' | 'refunded'
  amount: string
  currency: string
  at: string
}
