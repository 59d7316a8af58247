import {
  type App,
  contract,
  decimal,
  flow,
  mapping,
  required,
  secret,
  skip,
  target,
  tieline,
  upper,
  type ValueOf,
} from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { memory } from 'tieline/memory'
import { fasterBy, SANDBOX_SECRETS, STRIPE_SCHEDULE, startSandbox, type Verdict } from 'tieline/sandbox'
import { stripe } from 'tieline/stripe'
import { z } from 'zod'

const Payment = contract('payment', {
  version: 1,
  schema: z.strictObject({ id: z.string(), customer: z.string(), minor: z.int(), currency: z.string() }),
  key: (payment) => payment.customer,
})

function declare(crmUrl: string): App {
  const payments = stripe({ webhookSecret: secret('STRIPE') })
  const crm = hubspot({ token: secret('HUBSPOT'), baseUrl: crmUrl, allow: ['127.0.0.1'] })
  const from = payments.on('payment_intent.succeeded')
  const map = mapping('payment-from-stripe', {
    from,
    to: Payment,
    fields: (intent) => ({
      id: intent.id,
      customer: required(intent.customer, skip('a payment without a customer')),
      minor: intent.amount_received,
      currency: upper(intent.currency),
    }),
  })
  const to = target('deal', {
    input: Payment,
    call: crm.deals.upsert,
    with: ({ id, minor, currency }: ValueOf<typeof Payment>) => ({
      by: 'payment_id',
      id,
      amount: decimal(minor, currency),
      stage: 'closedwon',
    }),
  })
  return tieline({
    flows: [flow('payments', { from, into: Payment, map, to, retry: { attempts: 20, base: '50ms', max: '500ms' } })],
    store: memory(),
    gateway: { port: 0 },
    secrets: { read: (name) => [name === 'STRIPE' ? SANDBOX_SECRETS.payments : 'pat-sandbox'] },
  })
}

// #region prove
/** Sends payments through a faulty world, waits until all is quiet, and compares the ledgers. */
export async function prove(payments = 50): Promise<Verdict> {
  await using sandbox = await startSandbox({
    schedule: { ...fasterBy(STRIPE_SCHEDULE, 3_000), afterwards: 'go on' }, // 5 minutes become 100 ms
    faults: {
      payments: [{ kind: 'duplicate-webhook', probability: 0.2, holdMs: 50 }],
      crm: [
        { kind: 'error-after-effect', probability: 0.1 },
        { kind: 'rate-limited', next: 1, retryAfterS: 1 },
      ],
    },
  })
  await using app = declare(sandbox.crm.url)
  const { url } = await app.start()
  sandbox.payments.setEndpoint({ url: `${url}/in/stripe`, secrets: [SANDBOX_SECRETS.payments] })

  await sandbox.start({ eventsUrl: `${url}/events`, signups: 0, payments, refundShare: 0 }).done
  const pending = async (): Promise<number> => {
    const answer = await fetch(`${url}/admin/v1/status`)
    return ((await answer.json()) as { readonly pending: number }).pending
  }
  while (sandbox.payments.pending() > 0 || (await pending()) > 0) await new Promise((go) => setTimeout(go, 20))

  // This app makes deals and nothing else: the other parts are not judged.
  return sandbox.verdict({
    customers: undefined,
    contacts: undefined,
    app: undefined,
    deals: {
      property: 'payment_id',
      mark: 'dealstage',
      marks: { 'payment_intent.succeeded': 'closedwon', 'charge.refunded': 'refunded' },
    },
  })
}
// #endregion
