import { expect, test } from 'vitest'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { netsuite } from '../../src/adapter/connector/netsuite/index.ts'
import { salesforce } from '../../src/adapter/connector/salesforce/index.ts'
import { stripe } from '../../src/adapter/connector/stripe/index.ts'
import { lendSecrets } from '../../src/cli/dev/lend.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { Operation } from '../../src/declare/target/operation.ts'
import { target } from '../../src/declare/target/target.ts'
import { fixtureApp } from './fixture/app.ts'
import { orders } from './fixture/flows.ts'

const SANDBOX = {
  TIELINE_SANDBOX_STRIPE: 'whsec_signing',
  TIELINE_SANDBOX_APP: 'whsec_app',
  SANDBOX_PAYMENTS_URL: 'http://127.0.0.1:4401',
  SANDBOX_CRM_URL: 'http://127.0.0.1:4402',
  SANDBOX_SALESFORCE_URL: 'http://127.0.0.1:4404',
  SANDBOX_NETSUITE_URL: 'http://127.0.0.1:4405',
}

const erp = { account: '1234567', token: secret('ERP') }
const CALLS: readonly Operation<never, unknown>[] = [
  stripe({ apiKey: secret('STRIPE'), baseUrl: SANDBOX.SANDBOX_PAYMENTS_URL }).customers.create,
  hubspot({ token: secret('HUBSPOT'), baseUrl: SANDBOX.SANDBOX_CRM_URL }).deals.upsert,
  salesforce({ token: secret('SALESFORCE'), instanceUrl: SANDBOX.SANDBOX_SALESFORCE_URL }).accounts.upsert,
  netsuite({ ...erp, baseUrl: SANDBOX.SANDBOX_NETSUITE_URL }).customers.upsert,
  netsuite({ ...erp, name: 'real', token: secret('REAL_ERP') }).customers.upsert,
]
const app = fixtureApp({
  flows: CALLS.map((call, i) =>
    flow(`flow-${i}`, {
      from: orders,
      to: target('call', { call: call as Operation<unknown, unknown>, with: (value) => value }),
    }),
  ),
})

test('a connector at one of the addresses of the sandbox gets a secret that it takes, any other none', () => {
  const env: NodeJS.ProcessEnv = { ...SANDBOX, HUBSPOT: 'my own' }
  lendSecrets(app, env)
  const { STRIPE, HUBSPOT, SALESFORCE, ERP, REAL_ERP } = env
  expect({ STRIPE, HUBSPOT, SALESFORCE, ERP, REAL_ERP }).toEqual({
    STRIPE: 'sk_test_sandbox',
    HUBSPOT: 'my own',
    SALESFORCE: 'whsec_app',
    ERP: 'whsec_app',
    REAL_ERP: undefined,
  })
})

test('without the sandbox nothing is lent', () => {
  const env: NodeJS.ProcessEnv = {}
  lendSecrets(app, env)
  expect(env).toEqual({})
})
