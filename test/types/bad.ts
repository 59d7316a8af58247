// Mistakes that must not compile. Each line under an expectation is one that a person would make.
import { z } from 'zod'
import { contract } from '../../src/declare/contract/contract.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { enumOf } from '../../src/declare/mapping/codec/enum-of.ts'
import { epochSeconds } from '../../src/declare/mapping/codec/epoch.ts'
import { upper } from '../../src/declare/mapping/codec/letter-case.ts'
import { mapping } from '../../src/declare/mapping/mapping.ts'
import { skip } from '../../src/declare/mapping/skipped.ts'
import { fallback, optional, required } from '../../src/declare/mapping/word/absence.ts'
import { drop } from '../../src/declare/mapping/word/drop.ts'
import { saga } from '../../src/declare/saga/saga.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { Payment, paymentFromStripe, recordPayment } from './payments.ts'
import { stripe } from './provider/stripe.ts'

const payments = stripe({ webhookSecret: secret('STRIPE_WEBHOOK_SECRET') })
const from = payments.on('payment_intent.succeeded')
const Other = contract('other', { version: 1, schema: z.object({ a: z.number() }), key: (other) => String(other.a) })

// @ts-expect-error a step name is taken
recordPayment.step('deal', { do: () => 1 })

// @ts-expect-error the provider sends no such event
payments.on('nope')

contract('wrong-key', {
  version: 1,
  schema: z.object({ a: z.number() }),
  // @ts-expect-error the ordering key is a string
  key: (value) => value.a,
})

mapping('incomplete', {
  from,
  to: Payment,
  // @ts-expect-error four fields of the contract are missing
  fields: (intent) => ({ id: intent.id }),
})

const whole = { id: 'pi_1', customer: 'cus_1', minor: 1, currency: 'EUR', paidAt: '2026-01-01T00:00:00Z' } as const

mapping('nullable', {
  from,
  to: Payment,
  fields: (intent) => ({
    id: intent.id,
    // @ts-expect-error `customer` may be null at the source and may not be in the contract
    customer: intent.customer,
    minor: intent.amount_received,
    currency: upper(intent.currency),
    paidAt: epochSeconds(intent.created),
  }),
})

mapping('wrong-type', {
  from,
  to: Payment,
  fields: (intent) => ({
    ...whole,
    // @ts-expect-error a number is no text
    id: intent.created,
  }),
})

mapping('misspelt-source', {
  from,
  to: Payment,
  // @ts-expect-error the source has no such field
  fields: (intent) => ({ ...whole, customer: required(intent.custmer, skip('no customer')) }),
})

mapping('wrong-codec', {
  from,
  to: Payment,
  fields: (intent) => ({
    ...whole,
    // @ts-expect-error epochSeconds takes a number
    paidAt: epochSeconds(intent.currency),
  }),
})

mapping('extra-field', {
  from,
  to: Payment,
  fields: (intent) => ({
    ...whole,
    // @ts-expect-error the contract has no field `phone`
    phone: intent.id,
  }),
})

const Order = contract('order', {
  version: 1,
  schema: z.object({
    id: z.string(),
    note: z.string().optional(),
    status: z.enum(['PAID', 'OPEN']),
    city: z.object({ name: z.string(), region: z.string().nullable() }),
    lines: z.array(z.object({ sku: z.string(), text: z.string().optional() })),
  }),
  key: (order) => order.id,
})

const order = { id: 'o', status: 'PAID', city: { name: 'Bern', region: null } } as const

export const orderFromStripe = mapping('order', {
  from,
  to: Order,
  fields: (intent) => ({
    id: intent.id,
    note: optional(intent.description),
    status: enumOf(intent.status, { succeeded: 'PAID', canceled: 'OPEN' }),
    city: { name: fallback(intent.shipping.address.city, 'unknown', 'old intents have none'), region: null },
    lines: intent.lines.each((line) => ({ sku: line.sku, text: optional(line.note) })),
  }),
})

mapping('misspelt-optional', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    // @ts-expect-error the contract has no field `notes`: misspelt, and optional, so it would be lost without a word
    notes: optional(intent.description),
    lines: intent.lines.each((line) => ({ sku: line.sku })),
  }),
})

mapping('undefined-in-optional', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    // @ts-expect-error `description` may be undefined, which is not absent: optional(intent.description)
    note: intent.description,
    lines: intent.lines.each((line) => ({ sku: line.sku })),
  }),
})

mapping('optional-in-required', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    // @ts-expect-error a required field cannot be left out
    id: optional(intent.id),
    lines: intent.lines.each((line) => ({ sku: line.sku })),
  }),
})

mapping('extra-field-in-a-literal', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    city: {
      name: intent.id,
      region: null,
      // @ts-expect-error the contract has no field `zip` there
      zip: intent.id,
    },
    lines: intent.lines.each((line) => ({ sku: line.sku })),
  }),
})

mapping('nullable-object', {
  from,
  to: contract('ship', {
    version: 1,
    schema: z.object({ to: z.object({ city: z.string().nullable(), country: z.string().nullable() }) }),
    key: () => '',
  }),
  fields: (intent) => ({
    // @ts-expect-error `shipping` may be null; that its fields may be too does not help
    to: intent.shipping.address,
  }),
})

mapping('nullable-in-a-list', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    lines: intent.lines.each((line) => ({
      // @ts-expect-error `note` may be null
      sku: line.note,
    })),
  }),
})

mapping('extra-field-in-a-list', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    lines: intent.lines.each((line) => ({
      sku: line.sku,
      // @ts-expect-error the contract has no field `quantity` there
      quantity: line.quantity,
    })),
  }),
})

mapping('enum-not-exhaustive', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    // @ts-expect-error `canceled` has no entry
    status: enumOf(intent.status, { succeeded: 'PAID' }),
    lines: intent.lines.each((line) => ({ sku: line.sku })),
  }),
})

mapping('enum-of-another-contract', {
  from,
  to: Order,
  fields: (intent) => ({
    ...order,
    // @ts-expect-error the contract knows no `LOST`
    status: enumOf(intent.status, { succeeded: 'PAID', canceled: 'LOST' }),
    lines: intent.lines.each((line) => ({ sku: line.sku })),
  }),
})

mapping('drop-of-nothing', {
  from,
  to: Payment,
  fields: () => whole,
  // @ts-expect-error the source has no such field
  drops: (intent) => [drop('personal data', intent.receipt_mail)],
})

mapping('drop-by-text', {
  from,
  to: Payment,
  fields: () => whole,
  // @ts-expect-error a drop is a reference, which the compiler checks and completes
  drops: () => [drop('personal data', 'receipt_email')],
})

flow('wrong-contract', {
  from,
  into: Other,
  // @ts-expect-error the mapping makes a payment
  map: paymentFromStripe,
  // @ts-expect-error the saga takes a payment
  to: recordPayment,
})

const Refundable = contract('refundable', {
  version: 1,
  schema: z.object({
    id: z.string(),
    customer: z.string(),
    minor: z.int(),
    currency: z.string(),
    paidAt: z.string(),
    refundUntil: z.string(),
  }),
  key: (payment) => payment.id,
})

flow('saga-needs-more', {
  from,
  into: Payment,
  map: paymentFromStripe,
  // @ts-expect-error the saga reads a field that a payment does not have
  to: saga('refund', { input: Refundable }),
})

// @ts-expect-error a canonical contract needs the mapping that makes it
flow('half-a-mapping', {
  from,
  into: Payment,
  to: recordPayment,
})

flow('wrong-source', {
  from: payments.on('charge.refunded'),
  into: Payment,
  // @ts-expect-error the mapping reads payment intents
  map: paymentFromStripe,
  to: recordPayment,
})

flow('no-mapping', {
  from,
  // @ts-expect-error the saga takes a payment, not the provider's event
  to: recordPayment,
})
