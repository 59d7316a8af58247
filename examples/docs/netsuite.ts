import { bulkhead, contract, decimal, flow, policy, retry, saga, secret, target, tieline, timeout } from 'tieline'
import { netsuite, suiteql } from 'tieline/netsuite'
import { standardWebhooks } from 'tieline/webhook'
import { z } from 'zod'

// #region connector
export const erp = netsuite({
  account: '1234567', // 1234567_SB1 for a sandbox account
  token: secret('NETSUITE_TOKEN'),
  currencies: { EUR: '4', USD: '1' }, // internal ids in this account
  policy: policy(bulkhead(4), retry({ attempts: 2, max: '2s' }), timeout('30s')),
})
// #endregion

// #region record
interface PlanFields {
  readonly name?: string
  readonly custrecord_price?: number
}

export const plans = erp.record<PlanFields>('customrecord_plan')
// #endregion

const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({ id: z.string(), customer: z.string(), minor: z.int(), currency: z.string() }),
  key: (payment) => payment.customer,
})

// #region saga
export const recordPayment = saga('record-payment', { input: Payment, deadline: '1h' })
  .step('customer', {
    calls: [erp.customers.upsert],
    do: ({ input, ...call }) =>
      erp.customers.upsert({ externalId: input.customer, companyName: `Customer ${input.customer}` }, call),
    irreversible: 'a customer stays',
  })
  .step('invoice', {
    calls: [...erp.invoices.create.calls, ...erp.invoices.void.calls],
    do: ({ input, ...call }) =>
      erp.invoices.create(
        {
          externalId: input.id,
          customer: { externalId: input.customer },
          total: decimal(input.minor, input.currency),
          currency: input.currency,
        },
        call,
      ),
    undo: ({ invoice, ...call }) => erp.invoices.void({ id: invoice.id }, call),
  })
// #endregion

// #region job
export const importOrder = saga('import-order', { input: Payment })
  .step('submitted', {
    calls: [erp.salesOrders.submit],
    do: ({ input, ...call }) =>
      erp.salesOrders.submit(
        {
          entity: { externalId: input.customer },
          item: { items: [{ item: { externalId: 'tieline' }, quantity: 1 }] },
        },
        call,
      ),
    irreversible: 'the next step says what became of it',
  })
  .step('order', {
    calls: erp.jobs.result.calls,
    do: ({ submitted, ...call }) => erp.jobs.result(submitted, call), // waits in the store until the job is done
    irreversible: 'orders are closed by a person',
  })
// #endregion

// #region query
export const unpaid = target('unpaid', {
  input: Payment,
  call: erp.query,
  with: ({ customer }) => ({
    sql: suiteql`SELECT id, tranid, foreigntotal FROM transaction
      WHERE type = ${'CustInvc'} AND entity = ${customer} AND status IN ${['CustInvc:A']} ORDER BY id`,
    limit: 100,
  }),
})
// #endregion

const events = standardWebhooks({ name: 'payments', secret: secret('PAYMENTS_SECRET') })

export default tieline({
  flows: [
    flow('payments', { from: events.on('payment.received', Payment), to: recordPayment, retry: { attempts: 12 } }),
    flow('orders', { from: events.on('order.placed', Payment), to: importOrder, retry: { attempts: 12 } }),
  ],
})
