import type { ProviderAnswer } from '../provider.ts'
import { bodyOf, type Call, isFields, located, shelfOf } from './call.ts'
import { Refusal } from './refusal.ts'
import type { Fields, NetsuiteRecord } from './shelf.ts'
import { money } from './transaction.ts'
import { change, insert } from './write.ts'

const TRANSFORMS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  salesOrder: ['invoice'],
  invoice: ['creditMemo'],
})
/** What a new transaction takes over. */
const TAKEN = ['entity', 'currency', 'memo', 'subsidiary', 'item']

/** A new record of an old one, in one request. docs.oracle.com …/section_157901123882.html */
export function transform(call: Call, type: string, place: string, to: string): ProviderAnswer {
  const known = Object.hasOwn(TRANSFORMS, type) ? (TRANSFORMS[type] ?? []) : []
  if (!known.includes(to))
    throw new Refusal(
      400,
      'INVALID_RCRD_TRANSFRM',
      `That type of record transformation is not allowed: ${type} to ${to}`,
    )
  const shelf = shelfOf(call, type)
  const from = shelf.get(place)
  const { apply, ...given } = bodyOf(call)
  const made = insert(call, shelfOf(call, to), { ...taken(from), ...given, createdFrom: { id: from.id } })
  if (to === 'creditMemo') credit(call, from, made, apply)
  return located(call, to, made)
}

function taken({ fields }: NetsuiteRecord): Fields {
  return Object.fromEntries(TAKEN.filter((name) => name in fields).map((name) => [name, fields[name]]))
}

/** A credit memo is applied to its invoice, as far as that is open, unless the request says otherwise. */
function credit(call: Call, invoice: NetsuiteRecord, memo: NetsuiteRecord, apply: unknown): void {
  const lines = isFields(apply) && Array.isArray(apply['items']) ? apply['items'].filter(isFields) : undefined
  const line = lines?.find(({ doc }) => isFields(doc) && String(doc['id']) === invoice.id)
  if (lines !== undefined && line?.['apply'] !== true) return
  const open = Number(invoice.fields['amountRemaining'])
  const wanted = typeof line?.['amount'] === 'number' ? line['amount'] : Number(memo.fields['total'])
  const paid = Number(invoice.fields['amountPaid'])
  change(call, shelfOf(call, 'invoice'), invoice, { amountPaid: money(paid + Math.min(open, wanted)) })
}
