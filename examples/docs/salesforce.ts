import { cloudEvents, contract, flow, secret, target, tieline, type ValueOf } from 'tieline'
import { type Query, referenceTo, salesforce, soql, subrequest } from 'tieline/salesforce'
import { z } from 'zod'

// #region connector
export const crm = salesforce({
  instanceUrl: 'https://example.my.salesforce.com', // your organization's own address
  token: secret('SALESFORCE_TOKEN'),
})
// #endregion

// #region object
interface InvoiceFields {
  readonly Number__c?: string
  readonly Total__c?: number
  readonly DueDate__c?: string | null // null empties a field, undefined leaves it
  readonly Account__c?: string // Salesforce's id of the account, or
  readonly Account__r?: { readonly Customer__c: string } // what has it as an external id
}

export const invoices = crm.object<InvoiceFields>('Invoice__c')
// #endregion

const Invoice = contract('invoice', {
  version: 1,
  schema: z.strictObject({ number: z.string(), total: z.number(), customer: z.string() }),
  key: (invoice) => invoice.number,
})
type Invoice = ValueOf<typeof Invoice>
const events = cloudEvents({ token: secret('EVENTS_TOKEN') })

// #region flow
const toSalesforce = target('salesforce-invoice', {
  input: Invoice,
  call: invoices.upsert,
  with: ({ number, total, customer }) => ({
    by: 'Number__c', // an external id, unique in Salesforce
    id: number,
    fields: { Total__c: total, Account__r: { Customer__c: customer } },
  }),
})

const billing = flow('billing', {
  from: events.on('invoice.issued', Invoice),
  to: toSalesforce,
  batch: { within: '100ms' }, // up to 200 invoices in one request, each with its own outcome
})
// #endregion

// #region query
/** Values are quoted and escaped by the tag; do not put quotes around them. */
export const overdue = (customer: string, day: string): Query => ({
  soql: soql`SELECT Number__c, Total__c FROM Invoice__c
             WHERE Account__r.Customer__c = ${customer} AND DueDate__c < ${{ date: day }} ORDER BY Number__c`,
})
// #endregion

// #region composite
/** Account and invoice in one request and one transaction: both happen, or none. */
export const bill = crm.composite('bill', {
  uses: [crm.accounts.upsert, invoices.upsert],
  calls: ({ number, total, customer }: Invoice) => [
    subrequest('account', crm.accounts.upsert, { by: 'Customer__c', id: customer, fields: { Name: customer } }),
    subrequest('invoice', invoices.upsert, {
      by: 'Number__c',
      id: number,
      fields: { Account__c: referenceTo('account'), Total__c: total },
    }),
  ],
})
// #endregion

export default tieline({ flows: [billing] })
