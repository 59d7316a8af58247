import { TielineError } from '../../../core/error.ts'
import { textOf } from '../http/json.ts'
import type { Written } from './answer.ts'
import type { TransactionFields } from './fields.ts'
import { transformOnce } from './once.ts'
import type { RecordType } from './record.ts'
import { type Sequence, sequence } from './sequence.ts'
import type { Ref } from './which.ts'

/** An invoice of one line. For more lines or other fields: `upsert` with NetSuite's own fields. */
export interface InvoiceInput {
  /** Letters, digits, `_` and `-`: the id that the invoice has in your system, such as that of the payment. */
  readonly externalId: string
  /** NetSuite's internal id of the customer; or `{ externalId: 'cus_1' }`. */
  readonly customer: string | Ref
  /** A decimal, `'12.50'`: the amount of the line, to which NetSuite adds tax where it applies. */
  readonly total: string
  /** ISO 4217. */
  readonly currency: string
  readonly memo?: string
  /** What is sold. Default: `invoiceItem` of the connector. */
  readonly item?: Ref
}

export interface Invoiced {
  readonly id: string
  /** The number on the invoice, `tranId`. */
  readonly number: string
}

export interface Invoices extends Omit<RecordType<TransactionFields>, 'create'> {
  /**
   * Upserts the invoice under its external id and reads its number: `upsert`, then `get`. The same call again leads to the same invoice.
   * @throws {TielineError} REQUEST_INVALID for a total that is no decimal, or an external id that NetSuite would not take
   */
  readonly create: Sequence<InvoiceInput, Invoiced>
  /**
   * Takes the invoice back by a credit memo of all that is open, with the external id `void-ID`. NetSuite's REST services cannot void a
   * transaction, only SuiteScript's N/transaction can; a credit memo also holds in a closed period. What was paid already is not paid back:
   * that is a customer refund. It looks for the memo before it makes one, so that there is one however often it is called.
   * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157901123882.html, invoice into credit memo.
   */
  readonly void: Sequence<{ readonly id: string; readonly memo?: string }, Written>
}

interface InvoiceTerms {
  readonly item: Ref
  /** Internal ids of currencies by their ISO codes. */
  readonly currencies: Readonly<Record<string, string>>
}

type Transactions = RecordType<TransactionFields>

export function invoiceOperations(invoice: Transactions, creditMemo: Transactions, terms: InvoiceTerms): Invoices {
  const { create: _, ...record } = invoice
  const credit = transformOnce(invoice, creditMemo)
  return Object.freeze({
    ...record,
    create: sequence<InvoiceInput, Invoiced>([invoice.upsert, invoice.get], async (input, call) => {
      const { externalId } = input
      await invoice.upsert({ externalId, ...invoiceOf(input, terms) }, call)
      const made = await invoice.get({ externalId, fields: ['id', 'tranId'] }, call)
      return { id: made.id, number: textOf(made, 'tranId') }
    }),
    void: sequence<{ readonly id: string; readonly memo?: string }, Written>(
      credit.calls,
      ({ id, memo = 'Void' }, call) =>
        credit(
          {
            from: { id },
            externalId: `void-${id}`,
            fields: { memo, apply: { items: [{ doc: { id }, apply: true }] } },
          },
          call,
        ),
    ),
  })
}

/** The fields of an invoice with one line. Pure. */
export function invoiceOf(input: InvoiceInput, { item, currencies }: InvoiceTerms): TransactionFields {
  const { customer, total, currency, memo } = input
  const currencyId = Object.hasOwn(currencies, currency) ? currencies[currency] : undefined
  return {
    entity: typeof customer === 'string' ? { id: customer } : customer,
    currency: currencyId === undefined ? { refName: currency } : { id: currencyId },
    ...(memo === undefined ? undefined : { memo }),
    item: { items: [{ item: input.item ?? item, quantity: 1, amount: amountOf(total) }] },
  }
}

const DECIMAL = /^-?(\d{1,15})(?:\.(\d{1,8}))?$/
const EXACT_DIGITS = 15 // what a JSON number, an IEEE 754 double, keeps of any decimal

/** NetSuite's amounts are JSON numbers. @throws {TielineError} REQUEST_INVALID where one would not be exact */
function amountOf(total: string): number {
  const [, whole, part = ''] = DECIMAL.exec(total) ?? []
  if (whole !== undefined && whole.length + part.length <= EXACT_DIGITS) return Number(total)
  throw new TielineError(
    'REQUEST_INVALID',
    `total ${JSON.stringify(total)}: use a decimal such as '12.50', of at most ${EXACT_DIGITS} digits`,
  )
}
