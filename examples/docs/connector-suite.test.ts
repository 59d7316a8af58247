// #region laws
import { test } from 'node:test'
import { path } from 'tieline/http'
import { connectorSuite, example, keyedProvider, modelProvider } from 'tieline/testing'
import { createOrder, erp } from './connector.ts' // your connector in its place

const getOrder = erp.get(({ id }: { readonly id: string }) => path`/orders/${id}`, { name: 'orders.get' })

const laws = connectorSuite({
  connector: erp.connector,
  operations: [
    example(createOrder, {
      input: { id: 'o1', customer: 'ada', total: '12.50', lines: [{ sku: 'a', quantity: 1 }] },
      other: { id: 'o2', customer: 'bob', total: '1.00', lines: [] },
    }),
    example(getOrder, {
      input: { id: 'o1' },
      other: { id: 'o2' },
      answers: [{ body: { state: 'open' }, gives: { state: 'open' } }], // from the provider's documentation
    }),
  ],
  // A model of the provider, new for each law, and what calls have changed there.
  provider: () =>
    modelProvider(
      keyedProvider('erp', () => ({ status: 201, body: { state: 'open' } })),
      (done) => done.filter(({ method }) => method !== 'GET'),
    ),
})

for (const { name, skip, run } of laws) test(name, { skip: skip ?? false }, run)
// #endregion
