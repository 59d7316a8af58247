import { expect, it } from 'vitest'
import { hubspot } from '../adapter/connector/hubspot/index.ts'
import { stripe } from '../adapter/connector/stripe/index.ts'
import { secret } from '../declare/secret/secret.ts'
import type { Operation } from '../declare/target/operation.ts'
import { crm } from './crm/crm.ts'
import { payments } from './payments/payments.ts'
import type { Provider } from './provider.ts'
import { idSource, seededRandom } from './seeded-random.ts'

/** Calls of the real connectors, with the model in place of the network. */
function caller(model: Provider<unknown>) {
  const nextId = idSource(seededRandom(1))
  let calls = 0
  return <I, O>(operation: Operation<I, O>, input: I, key?: string): O => {
    calls += 1
    const { request, response } = operation.spec
    const nowMs = 1_700_000_000_000 + calls
    const idempotencyKey = key ?? `key-${calls}`
    const {
      method,
      path,
      headers = {},
      body = '',
    } = request(input, {
      idempotencyKey,
      attempt: 1,
      nowMs,
      secret: () => ['sk_test_1'],
    })
    const [place = '', query = ''] = path.split('?')
    const bytes = new TextEncoder().encode(body)
    const answer = model.handle({ method, path: place, query, headers, body: bytes }, { nowMs, nextId })
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.body}`)
    return response(
      { status: answer.status, headers: answer.headers, text: answer.body, json: () => JSON.parse(answer.body) },
      input,
    )
  }
}

it('the Stripe connector and the payments model understand each other', () => {
  const model = payments()
  const call = caller(model)
  const { customers, paymentIntents, refunds } = stripe({ apiKey: secret('KEY') })
  const address = { city: 'Bern', country: 'CH' }
  const customer = call(customers.create, {
    email: 'a@b.example',
    address,
    preferred_locales: ['de'],
    metadata: { n: 1 },
  })
  expect(customer).toMatchObject({ email: 'a@b.example', address: { ...address, line1: null }, metadata: { n: '1' } })
  expect(call(customers.update, { id: customer.id, name: 'Ann', address: null })).toMatchObject({
    name: 'Ann',
    address: null,
  })
  expect(call(customers.retrieve, { id: customer.id })).toMatchObject({ name: 'Ann', preferred_locales: ['de'] })
  const intent = call(paymentIntents.create, {
    amount: 1_250,
    currency: 'chf',
    customer: customer.id,
    confirm: true,
    off_session: true,
    capture_method: 'automatic',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    payment_method: 'pm_card_visa',
    transfer_group: 'g',
  })
  expect(intent).toMatchObject({ status: 'succeeded', amount_received: 1_250, transfer_group: 'g' })
  const refund = call(refunds.create, { payment_intent: intent.id, reason: 'duplicate' }, 'once')
  expect(call(refunds.create, { payment_intent: intent.id, reason: 'duplicate' }, 'once')).toEqual(refund)
  expect(model.ledger().repeats).toBe(1)
})

it('the HubSpot connector and the CRM model understand each other', () => {
  const model = crm()
  const call = caller(model)
  const { contacts, deals, associations } = hubspot({ token: secret('TOKEN') })
  const contact = call(contacts.upsert, {
    by: 'email',
    id: 'Ann@b.example',
    firstName: 'Ann',
    properties: { signup_id: 's1' },
  })
  expect(contact.created).toBe(true)
  expect(call(contacts.upsert, { by: 'email', id: 'ann@b.example', firstName: 'Ann' })).toEqual({
    ...contact,
    created: false,
  })
  const made = call(deals.create, {
    name: 'Payment',
    amount: '12.50',
    stage: 'closedwon',
    properties: { payment_id: 'pi_1' },
  })
  expect(call(deals.update, { id: 'pi_1', by: 'payment_id', stage: 'refunded' }).properties).toMatchObject({
    dealstage: 'refunded',
  })
  expect(call(deals.get, { id: made.id, properties: ['dealstage'] }).properties['dealstage']).toBe('refunded')
  const outcomes = call(deals.batchUpsert, [
    { by: 'payment_id', id: 'pi_1', stage: 'refunded' },
    { by: 'payment_id', id: 'pi_2', properties: { 'No Such': 'x' } },
    { by: 'payment_id', id: 'pi_3', stage: 'closedwon' },
  ])
  expect(outcomes).toMatchObject([
    { as: 'done', id: made.id, created: false },
    { as: 'failed', fault: { code: 'PROVIDER_REFUSED' } },
    { as: 'done', created: true },
  ])
  const found = call(deals.search, {
    filters: [{ property: 'dealstage', operator: 'IN', values: ['refunded', 'closedwon'] }],
    sort: { property: 'payment_id', direction: 'DESCENDING' },
    limit: 1,
  })
  expect(found).toMatchObject({ total: 2, after: '1' })
  expect(
    call(associations.put, { from: { type: 'deals', id: made.id }, to: { type: 'contacts', id: contact.id } }),
  ).toEqual({
    status: 200,
  })
  expect(model.ledger().effects.at(-1)).toMatchObject({ kind: 'associated', with: `contacts/${contact.id}` })
})
