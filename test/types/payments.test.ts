import { expect, it } from 'vitest'
import { Skipped } from '../../src/declare/mapping/skipped.ts'
import { Payment, paymentFromStripe, recordPayment, stripePayments } from './payments.ts'
import type { PaymentIntent } from './provider/stripe.ts'

const intent: PaymentIntent = {
  id: 'pi_1',
  amount_received: 1050,
  currency: 'eur',
  customer: 'cus_1',
  created: 1_700_000_000,
  receipt_email: 'ada@example.com',
  status: 'succeeded',
  shipping: null,
  lines: [],
  metadata: {},
}

it('maps a payment intent to what the contract says', async () => {
  await Payment.prepare()
  const payment = paymentFromStripe.run(intent)
  expect(payment).toStrictEqual({
    id: 'pi_1',
    customer: 'cus_1',
    minor: 1050,
    currency: 'EUR',
    paidAt: '2023-11-14T22:13:20.000Z',
  })
  expect(Payment.check(payment)).toStrictEqual({ ok: true, value: payment })
  expect(payment instanceof Skipped ? '' : Payment.key(payment)).toBe('pi_1')
})

it('sets a payment without a customer aside', () =>
  expect(paymentFromStripe.run({ ...intent, customer: null })).toStrictEqual(new Skipped('payment without a customer')))

it('declares the saga in order', () => {
  expect(recordPayment.steps.map((step) => step.name)).toStrictEqual(['deal', 'invoice'])
  expect(stripePayments.to).toBe(recordPayment)
})
