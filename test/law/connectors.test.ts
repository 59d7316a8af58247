import { describe, test } from 'vitest'
import { type ConnectorSubject, connectorSuite } from '../../src/testing/connector-suite/index.ts'
import { httpSubject } from './connector/http.ts'
import { hubspotSubject } from './connector/hubspot.ts'
import { netsuiteRefusing, netsuiteSubject } from './connector/netsuite.ts'
import { salesforceSubject } from './connector/salesforce.ts'
import { servedStripe, stripeSubject } from './connector/stripe.ts'
import { webhookSubject } from './connector/webhook.ts'

const SUBJECTS: Readonly<Record<string, ConnectorSubject>> = {
  http: httpSubject,
  webhook: webhookSubject,
  stripe: stripeSubject,
  'stripe, over HTTP': servedStripe,
  hubspot: hubspotSubject,
  salesforce: salesforceSubject,
  netsuite: netsuiteSubject,
  'netsuite, refused repeats': netsuiteRefusing,
}

for (const [name, subject] of Object.entries(SUBJECTS)) {
  describe(name, () => {
    for (const law of connectorSuite(subject)) {
      test(law.name, (context) => (law.skip === undefined ? law.run() : context.skip(law.skip)))
    }
  })
}
