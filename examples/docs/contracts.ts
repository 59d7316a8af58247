import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { contract, minorUnitsOf, type ValueOf } from 'tieline'
import { jsonSchema } from 'tieline/json-schema'
import { email, iban, instant, money, openEnum, openUnion } from 'tieline/type'
import * as v from 'valibot'
import { z } from 'zod'

// #region zod
export const Order = contract('order', {
  version: 1, // a whole number from 1
  schema: z.strictObject({
    id: z.string(),
    customer: z.string(),
    total: z.string(), // a decimal, never a float
    lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })),
  }),
  key: (order) => order.customer, // orders of one customer stay in order
})

export type Order = ValueOf<typeof Order>
// #endregion

// #region valibot
export const Contact = contract('contact', {
  version: 1,
  schema: toStandardJsonSchema(v.strictObject({ id: v.string(), email: v.pipe(v.string(), v.email()) })),
  key: (contact) => contact.id,
})
// #endregion

// #region json-schema
interface Invoice {
  readonly number: string
  readonly total: string
}

export const Invoice = contract('invoice', {
  version: 2,
  compatibility: 'backward',
  schema: jsonSchema<Invoice>({
    type: 'object',
    properties: { number: { type: 'string', minLength: 1 }, total: { type: 'string' } },
    required: ['number', 'total'],
    additionalProperties: false,
  }),
  key: (invoice) => invoice.number,
})
// #endregion

// #region fields
export const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    minor: z.int(),
    currency: z.string().length(3),
    paidAt: z.iso.datetime(),
    payer: z.strictObject({ email: z.email(), city: z.string().optional() }),
    lines: z.array(z.strictObject({ sku: z.string(), weight: z.number() })),
  }),
  key: (payment) => payment.id,
  fields: {
    id: { means: 'number of the payment at the provider', source: 'stripe' },
    minor: { means: 'amount paid, with tax', unit: minorUnitsOf('currency'), source: 'stripe' },
    currency: { means: 'currency of all amounts' },
    paidAt: { means: 'when the money was ours', zone: 'UTC', precision: 'second' },
    payer: { personal: 'contact', source: 'crm' }, // goes for all fields below it
    'payer.email': { means: 'where the receipt goes' },
    'lines[].weight': { means: 'weight of one piece', unit: 'kg' },
  },
})

const { fields, withoutMeaning } = Payment.describe()
// fields[1]: { path: 'minor', type: 'whole number', required: true, currency: 'currency', means: 'amount paid, with tax', … }
// withoutMeaning: ['payer.city', 'lines[].sku']
// #endregion
export const described = { fields, withoutMeaning }

// #region shared-types
export const Refund = contract('refund', {
  version: 1,
  schema: z.strictObject({
    id: z.string(),
    to: z.string().refine(iban.is, iban.expected).meta(iban.schema),
    at: z.string().refine(instant.is, instant.expected).meta(instant.schema),
    total: z.strictObject({ minor: z.int(), currency: z.string() }).refine(money.is, money.expected).meta(money.schema),
  }),
  key: (refund) => refund.id,
})

// JSON Schema takes a type as a part, and checks it whole: the check digits of the IBAN too
export const Payout = contract('payout', {
  version: 1,
  schema: jsonSchema<{ readonly to: string; readonly notify: string }>({
    type: 'object',
    properties: { to: iban.schema, notify: email.schema },
    required: ['to', 'notify'],
    additionalProperties: false,
  }),
  key: (payout) => payout.to,
})
// #endregion

// #region open
const status = openEnum(['paid', 'refunded']) // any other text is taken, too

const method = openUnion('type', {
  card: z.strictObject({ type: z.literal('card'), last4: z.string() }),
  sepa: z.strictObject({ type: z.literal('sepa'), mandate: z.string() }),
}) // an object of another type comes out as it went in

export const Method = contract('method', { version: 1, schema: method, key: ({ type }) => type })

export function shown(given: string, how: ValueOf<typeof Method>): string {
  const what = status.isKnown(given) ? { paid: 'paid', refunded: 'sent back' }[given] : `something new (${given})`
  if (!method.isKnown(how)) return `${what}, by ${how.type}`
  return how.type === 'card' ? `${what}, by card ${how.last4}` : `${what}, by mandate ${how.mandate}`
}
// #endregion

// #region drafts
export const Address = contract('address', {
  version: 1,
  schema: jsonSchema<{ readonly zip: string }>(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { zip: { $ref: 'https://example.com/parts.json#/definitions/zip', markdownDescription: '**zip**' } },
      required: ['zip'],
    },
    {
      documents: {
        'https://example.com/parts.json': { definitions: { zip: { type: 'string', pattern: '^\\d{5}$' } } },
      },
      unchecked: ['markdownDescription'], // says nothing about values
    },
  ),
  key: (address) => address.zip,
})
// #endregion
