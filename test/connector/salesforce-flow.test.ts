import { expect, test } from 'vitest'
import { z } from 'zod'
import { salesforce } from '../../src/adapter/connector/salesforce/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { checkDeclarations } from '../../src/derive/check/checks.ts'
import { cloudEvents, contract, flow, secret, target, tieline } from '../../src/index.ts'
import { salesforce as organization } from '../../src/sandbox/salesforce/salesforce.ts'
import { serveProvider } from '../../src/sandbox/server/serve-provider.ts'

const Signup = contract('signup', {
  version: 1,
  schema: z.strictObject({ id: z.string(), name: z.string().nullable() }),
  key: (signup) => signup.id,
})
const events = cloudEvents()

function declare(instanceUrl: string) {
  const crm = salesforce({ instanceUrl, token: secret('TOKEN'), allow: ['127.0.0.1'] })
  const from = events.on('signup', Signup)
  const upsert = target('account', {
    input: Signup,
    call: crm.accounts.upsert,
    with: ({ id, name }) => ({ by: 'Signup__c', id, fields: { Name: name } }),
  })
  const create = target('account', { input: Signup, call: crm.accounts.create, with: ({ name }) => ({ Name: name }) })
  const retry = { attempts: 10, base: '10ms', max: '20ms' } as const
  return {
    upserting: flow('signups', { from, to: upsert, retry, batch: { within: '20ms' } }),
    creating: flow('signups', { from, to: create, retry }),
  }
}

test('a flow upserts each sign-up once, through faults, a lock and a refused record', async () => {
  const org = organization()
  await using server = await serveProvider(org, {
    faults: [
      { kind: 'error-after-effect', next: 1 },
      { kind: 'cut-after-effect', next: 1 },
      { kind: 'expired-token', next: 1, forMs: 1 },
    ],
  })
  org.lock('s7', 2)
  await using app = tieline({
    flows: [declare(server.url).upserting],
    store: memory(),
    gateway: { port: 0 },
    secrets: { read: () => ['made-up'] },
  })
  const { url } = await app.start()
  const ids = Array.from({ length: 50 }, (_, i) => `s${i}`)
  const batch = ids.map((id) => ({
    specversion: '1.0',
    id,
    source: '/app',
    type: 'signup',
    data: { id, name: id === 's3' ? null : `Account ${id}` },
  }))
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  const accepted = await fetch(`${url}/events`, { method: 'POST', headers, body: JSON.stringify(batch) })
  expect(accepted.status).toBeLessThan(300)

  const status = async (): Promise<unknown> => (await fetch(`${url}/admin/v1/status`)).json()
  await expect.poll(status, { timeout: 10_000, interval: 20 }).toMatchObject({ delivered: 49, dead: 1, pending: 0 })
  // One by one these are 53 requests: 50, and one more for the error, the cut connection and the lock.
  expect(server.requests()).toBeLessThan(10)
  const { effects } = org.ledger()
  expect(effects.map(({ kind, fields }) => [kind, fields['Signup__c']]).sort()).toEqual(
    ids
      .filter((id) => id !== 's3')
      .map((id) => ['created', id])
      .sort(),
  )
})

test('check: an upsert may be tried again, a create may not', () => {
  const { upserting, creating } = declare('https://example.my.salesforce.com')
  const rules = (one: typeof upserting) => checkDeclarations({ flows: [one], endpoints: [] })
  expect(rules(upserting)).toEqual([])
  expect(rules(creating)).toMatchObject([
    { rule: 'idempotent-retry', message: expect.stringContaining('upsert by an external id') },
  ])
})
