import { contract, flow, operation, secret, TielineError, target, tieline } from 'tieline'
import { bearer, http } from 'tieline/http'
import { hubspot } from 'tieline/hubspot'
import { standardWebhooks } from 'tieline/webhook'
import { z } from 'zod'

const shop = standardWebhooks({ name: 'shop', secret: secret('SHOP_SECRET') })
const crm = hubspot({ token: secret('HUBSPOT_TOKEN') })

const Person = contract('person', {
  version: 1,
  schema: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }),
  key: (person) => person.id,
})

// #region flow
export const people = flow('people-to-crm', {
  from: shop.on('person.changed', Person),
  key: (person) => person.id,
  to: target('contact', {
    input: Person,
    call: crm.contacts.upsert,
    with: ({ email, name }) => ({ by: 'email', id: email, firstName: name }),
  }),
  /** A request goes with 100 people, with 1 MiB, or 200 ms after the first of them, whatever comes first. */
  batch: { count: 100, bytes: 1_048_576, within: '200ms' },
})
// #endregion

const erp = http('erp', { baseUrl: 'https://erp.example.com/api', auth: bearer(secret('ERP_TOKEN')) })

interface Stock {
  readonly warehouse: string
  readonly sku: string
  readonly quantity: number
}

// #region operation
interface Line {
  readonly sku: string
  readonly ok: boolean
  readonly message?: string
}

export const setStock = operation<Stock, { readonly sku: string }>({
  connector: erp.connector,
  name: 'stock.set',
  idempotency: { by: 'state', why: 'the same quantity is set again' },
  request: ({ warehouse, sku, quantity }) => ({
    method: 'PUT',
    path: `/stock/${encodeURIComponent(warehouse)}/${encodeURIComponent(sku)}`,
    body: JSON.stringify({ quantity }),
  }),
  response: (answer) => answer.json() as { readonly sku: string },
  batch: {
    max: 50,
    group: ({ warehouse }) => warehouse, // one request is about one warehouse
    key: ({ sku }) => sku, // and names no article twice
    request: (items) => ({
      method: 'PUT',
      path: `/stock/${encodeURIComponent(items[0]?.input.warehouse ?? '')}`,
      body: JSON.stringify(items.map(({ input: { sku, quantity } }) => ({ sku, quantity }))),
    }),
    response: (answer, items) => {
      const lines = answer.json() as readonly Line[]
      return items.map(({ input: { sku } }) => {
        const line = lines.find((one) => one.sku === sku)
        if (line?.ok === true) return { as: 'done', value: { sku } }
        const code = line === undefined ? 'PROVIDER_FAULT' : 'PROVIDER_REFUSED' // not mentioned: try it again
        return { as: 'failed', error: new TielineError(code, line?.message ?? `no answer for ${sku}`) }
      })
    },
  },
})
// #endregion

export default tieline({ flows: [people] })
