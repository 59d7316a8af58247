import type { AppLedger } from '../app/app.ts'
import type { CrmLedger } from '../crm/effect.ts'
import type { DeliveryRecord } from '../payments/emitter.ts'
import type { PaymentsLedger } from '../payments/payments.ts'
import { acceptanceOf } from './acceptance.ts'
import { judgeApp } from './app.ts'
import { judgeDeals } from './deal.ts'
import { EXPECTED, type Expected } from './expected.ts'
import { noFindings, type Sent, type Verdict } from './sent.ts'
import { judgeContacts, judgeCustomers } from './signup.ts'

export interface Evidence {
  readonly payments: PaymentsLedger & { readonly deliveries?: readonly DeliveryRecord[] }
  readonly crm: CrmLedger
  readonly app: AppLedger
  readonly sent: Sent
}

/** Compares what was sent with the ledgers of the three systems. Pure; call it when all is quiet. */
export function judge(evidence: Evidence, expected: Expected = EXPECTED): Verdict {
  const { payments, crm, app, sent } = evidence
  const found = noFindings()
  const acceptance = acceptanceOf(payments.deliveries ?? [])
  if (expected.customers) judgeCustomers(found, sent.signups, payments.effects, expected.customers)
  if (expected.contacts) judgeContacts(found, sent.signups, crm.effects, expected.contacts)
  if (expected.deals) judgeDeals(found, sent.payments, crm.effects, acceptance, expected.deals)
  if (expected.app) judgeApp(found, sent.payments, app.entries, acceptance, expected.app)
  return found
}
