import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { contract, type ValueOf } from 'tieline'
import { jsonSchema } from 'tieline/json-schema'
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
