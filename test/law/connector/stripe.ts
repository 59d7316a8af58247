import { stripe } from '../../../src/adapter/connector/stripe/index.ts'
import { secret } from '../../../src/declare/secret/secret.ts'
import { payments } from '../../../src/sandbox/payments/payments.ts'
import { serveProvider } from '../../../src/sandbox/server/serve-provider.ts'
import { type Call, type ConnectorSubject, example, modelProvider } from '../../../src/testing/connector-suite/index.ts'

const { connector, customers, paymentIntents, refunds } = stripe({ apiKey: secret('KEY') })

const PAYMENT = { amount: 1_250, currency: 'eur', confirm: true, payment_method: 'pm_card_visa' } as const

async function paid(call: Call) {
  const pay = async (amount: number) => ({
    payment_intent: (await call(paymentIntents.create, { ...PAYMENT, amount })).id,
  })
  return [await pay(100), await pay(200)] as const
}

async function known(call: Call) {
  const make = async (name: string) => (await call(customers.create, { name })).id
  return [{ id: await make('Ada') }, { id: await make('Bob') }] as const
}

export const stripeSubject: ConnectorSubject = {
  connector,
  secrets: { KEY: ['sk_test_madeUpForTheLaws1', 'sk_test_madeUpForTheLaws0'] },
  operations: [
    example(customers.create, {
      input: {
        email: 'ada@example.com',
        name: 'Ada & Co',
        phone: null,
        address: { city: 'Bern', country: 'CH' },
        preferred_locales: ['de', 'fr'],
        metadata: { order: 7, note: 'a b' },
      },
      other: { email: 'bob@example.com' },
      answers: [{ body: { id: 'cus_NffrFeUfNV2Hib', object: 'customer', address: null, metadata: {}, name: 'Jenny' } }],
    }),
    example(customers.update, {
      input: { id: 'cus_NffrFeUfNV2Hib', name: 'Ada', metadata: { order: '6735' } },
      other: { id: 'cus_other', name: 'Bob' },
      given: async (call) => {
        const [ada, bob] = await known(call)
        return [
          { ...ada, name: 'Countess' },
          { ...bob, name: 'Robert' },
        ]
      },
      answers: [{ body: { id: 'cus_NffrFeUfNV2Hib', object: 'customer', metadata: { order_id: '6735' } } }],
    }),
    example(customers.retrieve, {
      input: { id: 'cus_NffrFeUfNV2Hib' },
      other: { id: 'cus_other' },
      given: known,
      answers: [{ body: { id: 'cus_NffrFeUfNV2Hib', object: 'customer', deleted: true } }],
    }),
    example(paymentIntents.create, {
      input: {
        ...PAYMENT,
        off_session: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        receipt_email: 'ada@example.com',
        metadata: { order: 7 },
      },
      other: { ...PAYMENT, amount: 900 },
      answers: [
        { body: { id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', object: 'payment_intent', amount: 2000, currency: 'usd' } },
      ],
    }),
    example(refunds.create, {
      input: { payment_intent: 'pi_1', amount: 100, reason: 'requested_by_customer', metadata: { a: 'b' } },
      other: { payment_intent: 'pi_2' },
      given: paid,
      answers: [{ body: { id: 're_1Nispe2eZvKYlo2Cd31jOCgZ', object: 'refund', amount: 1000, status: 'succeeded' } }],
    }),
  ],
  provider: () => modelProvider(payments(), ({ effects }) => effects),
}

/** The same against a running sandbox: one operation, for each law opens a server. */
export const servedStripe: ConnectorSubject = {
  ...stripeSubject,
  operations: stripeSubject.operations.slice(0, 1),
  provider: async () => {
    const model = payments()
    const server = await serveProvider(model)
    return {
      answers: server.url,
      effects: () => model.ledger().effects,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
}
