import { type AppLedger, app, crm, type DeliveryRecord, judge, payments, standardVerifier } from 'tieline/sandbox'
import type { History, Scenario } from 'tieline/testing'
import { paymentFlow, signUpFlow } from '../../../../examples/payments-crm/flows.ts'
import { traffic } from './traffic.ts'

const APP_SECRET = 'whsec_c2ltdWxhdGVkLWFwcC1zaWduaW5nLXNlY3JldCE='
export const STRIPE_SECRET = 'whsec_simulated_payments_0123456789'

/** examples/payments-crm as it is, with the sandbox's own providers and judge. */
export const paymentsCrm: Scenario = {
  name: 'payments-crm',
  flows: [signUpFlow, paymentFlow],
  secrets: {
    APP_WEBHOOK_SECRET: [APP_SECRET],
    STRIPE_WEBHOOK_SECRET: [STRIPE_SECRET],
    STRIPE_API_KEY: ['sk_test_simulated'],
    HUBSPOT_TOKEN: ['simulated'],
  },
  cast: (stage) => {
    const provider = payments()
    const customers = crm()
    const own = app({ verify: standardVerifier([APP_SECRET]) })
    const { sends, sent } = traffic(stage, provider)
    return {
      providers: {
        'http://127.0.0.1:4401': provider,
        'http://127.0.0.1:4402': customers,
        'http://127.0.0.1:4403': own,
      },
      sends,
      judge: (works) => {
        const paid = { ...provider.ledger(), deliveries: inOrderOfAcceptance(works) }
        const found = judge({ payments: paid, crm: customers.ledger(), app: own.ledger() as AppLedger, sent })
        for (const [what, sentences] of Object.entries(found)) {
          // The provider itself sent the newer event first: nobody can know.
          if (what !== 'stale' && sentences.length > 0) stage.fail(what, sentences.join('; '))
        }
      },
    }
  },
}

/** The order in which the gateway took a payment's events over is the order of their work. */
function inOrderOfAcceptance(works: readonly History[]): readonly DeliveryRecord[] {
  return works.flatMap(({ flow, id, type, key, attempts }, i) =>
    flow === paymentFlow.name
      ? { event: id, type, payment: key, attempts, firstSent: i, acknowledged: i, givenUp: false }
      : [],
  )
}
