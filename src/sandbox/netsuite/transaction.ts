import { type Call, isFields } from './call.ts'
import { invalid, Refusal } from './refusal.ts'
import type { Fields, NetsuiteRecord } from './shelf.ts'

/** Transactions: the beginning of their numbers, and their `type` in SuiteQL. */
export const TRANSACTIONS: Readonly<Record<string, { readonly number: string; readonly type: string }>> = Object.freeze(
  {
    salesOrder: { number: 'SO', type: 'SalesOrd' },
    invoice: { number: 'INV', type: 'CustInvc' },
    creditMemo: { number: 'CM', type: 'CustCred' },
  },
)

/**
 * What NetSuite checks of a transaction and works out for it: the customer and the items exist, the lines have places, the total is that of
 * the lines, the number is given once.
 * @throws {Refusal} 400 naming the field
 */
export function completed(call: Call, type: string, id: string, fields: Fields): Fields {
  const kind = Object.hasOwn(TRANSACTIONS, type) ? TRANSACTIONS[type] : undefined
  if (kind === undefined) return fields
  const entity = referred(call, fields['entity'], ['customer'], 'entity')
  if (entity === undefined) throw new Refusal(400, 'USER_ERROR', 'Please enter value(s) for: Customer.', 'entity')
  const { currency = { refName: 'USD' } } = fields
  if (!isFields(currency) || !(typeof currency['id'] === 'string' || /^[A-Z]{3}$/.test(String(currency['refName']))))
    throw invalid('Invalid Field Value for the following field: currency', 'currency')
  const lines = linesOf(fields).map((line, i) => lineOf(call, line, i))
  if (lines.length === 0)
    throw new Refusal(400, 'USER_ERROR', 'You must enter at least one line item for this transaction.', 'item')
  const total = money(lines.reduce((sum, { amount }) => sum + amount, 0))
  const applied = typeof fields['amountPaid'] === 'number' ? fields['amountPaid'] : 0
  return {
    tranId: `${kind.number}${id}`,
    ...fields,
    entity: { id: entity.id, refName: entity.fields['companyName'] ?? entity.externalId ?? entity.id },
    currency,
    item: { items: lines },
    total,
    ...(type === 'invoice' && {
      amountPaid: applied,
      amountRemaining: money(total - applied),
      status: { id: applied >= total ? 'Paid In Full' : 'Open', refName: applied >= total ? 'Paid In Full' : 'Open' },
    }),
  }
}

export const money = (amount: number): number => Math.round(amount * 100) / 100

export function linesOf(fields: Fields): readonly unknown[] {
  const { item } = fields
  return isFields(item) && Array.isArray(item['items']) ? item['items'] : []
}

function lineOf(call: Call, line: unknown, i: number): Fields & { readonly amount: number } {
  const path = `item.items[${i}]`
  if (!isFields(line)) throw invalid('A line is not an object.', path)
  const item = referred(call, line['item'], itemTypes(call), `${path}.item`)
  if (item === undefined) throw new Refusal(400, 'USER_ERROR', 'Please choose an item to add.', `${path}.item`)
  const { quantity = 1, rate = 0 } = line
  const amount = line['amount'] ?? Number(quantity) * Number(rate)
  if (typeof amount !== 'number') throw invalid('Invalid Field Value for the following field: amount', `${path}.amount`)
  return { ...line, line: i + 1, item: { id: item.id, refName: item.externalId ?? item.id }, amount }
}

const itemTypes = ({ state }: Call): readonly string[] => [...state.shelves.keys()].filter((type) => /Item$/.test(type))

/** The record that a field refers to; undefined for an empty field. @throws {Refusal} 400 when there is no such record */
export function referred(
  { state }: Call,
  value: unknown,
  types: readonly string[],
  path: string,
): NetsuiteRecord | undefined {
  if (value === undefined || value === null) return undefined
  const { id, externalId } = isFields(value) ? value : {}
  const place = typeof externalId === 'string' ? `eid:${externalId}` : String(id ?? '')
  for (const type of types) {
    const found = state.shelves.get(type)?.find(place)
    if (found !== undefined) return found
  }
  const shown = place.replace(/^eid:/, '').slice(0, 80)
  throw invalid(
    `You have entered an Invalid Field Value ${shown} for the following field: ${path.split('.').at(-1)}`,
    path,
  )
}
