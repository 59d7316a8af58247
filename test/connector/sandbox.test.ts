import { afterAll, beforeAll, expect, test } from 'vitest'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { stripe } from '../../src/adapter/connector/stripe/index.ts'
import { webhook } from '../../src/adapter/connector/webhook/index.ts'
import { httpClient } from '../../src/adapter/http/index.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { Operation } from '../../src/declare/target/operation.ts'
import { SANDBOX_SECRETS, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { answerOf, codeOf, contextWith } from './halves.ts'

const http = httpClient()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await sandbox[Symbol.asyncDispose]()
})

/** What the engine does with an operation, without durability. */
async function perform<I, O>(operation: Operation<I, O>, input: I, idempotencyKey = 'k-1'): Promise<O> {
  const { connector, request } = operation.spec
  const hook = [SANDBOX_SECRETS.app]
  const parts = request(
    input,
    contextWith({ idempotencyKey, nowMs: Date.now(), ...(connector.name === 'app' && { secret: () => hook }) }),
  )
  const answer = await http.request({
    headers: {},
    ...parts,
    url: connector.baseUrl + parts.path,
    timeoutMs: 5_000,
    maxResponseBytes: connector.maxResponseBytes,
    allow: connector.allow,
  })
  if (answer.status >= 300) throw classify(answer, connector.faults, Date.now())
  return answerOf(operation, input, Buffer.from(answer.body).toString(), answer.status)
}

const failureOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) =>
      codeOf(() => {
        throw error
      }),
  )

test('a customer is made once for a key', async () => {
  const { customers } = stripe({ apiKey: secret('KEY'), baseUrl: sandbox.payments.url, allow: ['127.0.0.1'] })
  const ada = { email: 'ada@example.com', name: 'Ada & Co', metadata: { signup_id: 'su_1' } }
  const first = await perform(customers.create, ada)
  expect(first).toMatchObject({ object: 'customer', email: 'ada@example.com', metadata: { signup_id: 'su_1' } })
  expect((await perform(customers.create, ada)).id).toBe(first.id)
  expect(await failureOf(perform(customers.create, { ...ada, name: 'Eve' }))).toBe('PROVIDER_REFUSED')
  expect((await perform(customers.retrieve, { id: first.id })).id).toBe(first.id)
  expect(await failureOf(perform(customers.retrieve, { id: 'cus_none' }))).toBe('PROVIDER_REFUSED')
})

test('a deal is upserted, changed, found, joined', async () => {
  const { contacts, deals, associations } = hubspot({
    token: secret('TOKEN'),
    baseUrl: sandbox.crm.url,
    allow: ['127.0.0.1'],
  })
  const input = { by: 'payment_id', id: 'pi_1', name: 'Payment pi_1', amount: '12.50', stage: 'closedwon' }
  const { id, created } = await perform(deals.upsert, input)
  expect(created).toBe(true)
  expect(await perform(deals.upsert, input)).toEqual({ id, created: false })
  await perform(deals.update, { id, stage: 'refunded' })
  const found = await perform(deals.search, {
    filters: [{ property: 'payment_id', operator: 'EQ', value: 'pi_1' }],
    properties: ['dealstage'],
  })
  expect(found).toMatchObject({ total: 1, records: [{ id, properties: { dealstage: 'refunded' } }] })
  const people = await perform(contacts.batchUpsert, [
    { by: 'email', id: 'A@x.example', firstName: 'A' },
    { by: 'email', id: 'b@x.example', firstName: 'B' },
  ])
  expect(people.map(({ as }) => as)).toEqual(['done', 'done'])
  const contact = await perform(contacts.get, { id: 'a@x.example', by: 'email', properties: ['firstname'] })
  expect(contact.properties['firstname']).toBe('A')
  await perform(associations.put, { from: { type: 'deals', id }, to: { type: 'contacts', id: contact.id } })
  expect(await failureOf(perform(deals.get, { id: '404404' }))).toBe('PROVIDER_REFUSED')
})

test('the app takes what is signed', async () => {
  const { send } = webhook('app', { url: `${sandbox.app.url}/webhooks`, secret: secret('HOOK'), allow: ['127.0.0.1'] })
  const message = { type: 'payment.recorded', data: { payment_id: 'pi_1', amount: '12.50', currency: 'EUR' } }
  expect((await perform(send, message)).status).toBeLessThan(300)
})
