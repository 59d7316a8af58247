import { describe, expect, expectTypeOf, test } from 'vitest'
import { STRIPE_FAULTS } from '../../src/adapter/connector/stripe/faults.ts'
import { form } from '../../src/adapter/connector/stripe/form.ts'
import {
  type Customer,
  type PaymentIntent,
  type StripeEvent,
  stripe,
} from '../../src/adapter/connector/stripe/index.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { Source } from '../../src/declare/source/source.ts'
import { answerOf, codeOf, requestOf } from './halves.ts'

const api = stripe({ webhookSecret: secret('HOOK'), apiKey: secret('KEY') })

describe('operations', () => {
  test('customers.create', () => {
    const request = requestOf(api.customers.create, {
      email: 'ada@example.com',
      name: 'Ada & Co',
      metadata: { signup_id: 'su_1' },
    })
    expect(request).toEqual({
      method: 'POST',
      path: '/v1/customers',
      headers: {
        accept: 'application/json',
        authorization: 'Bearer sk_test_new',
        'stripe-version': '2026-10-28.endive',
        'user-agent': 'tieline',
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': 'k-1',
      },
      body: 'email=ada%40example.com&name=Ada%20%26%20Co&metadata[signup_id]=su_1',
    })
  })

  test('customers.update and retrieve', () => {
    const update = requestOf(api.customers.update, {
      id: 'cus_1/x',
      phone: null,
      address: { line1: 'Am Ring 1', country: 'DE' },
    })
    expect([update.path, update.body]).toEqual([
      '/v1/customers/cus_1%2Fx',
      'phone=&address[line1]=Am%20Ring%201&address[country]=DE',
    ])
    const { method, path, body, headers } = requestOf(api.customers.retrieve, { id: 'cus_1' })
    expect([method, path, body, headers?.['idempotency-key']]).toEqual([
      'GET',
      '/v1/customers/cus_1',
      undefined,
      undefined,
    ])
  })

  test('paymentIntents.create and refunds.create', () => {
    const intent = requestOf(api.paymentIntents.create, {
      amount: 1_250,
      currency: 'eur',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    expect([intent.path, intent.body]).toEqual([
      '/v1/payment_intents',
      'amount=1250&currency=eur&confirm=true&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never',
    ])
    const refund = requestOf(api.refunds.create, { payment_intent: 'pi_1', amount: 250, reason: 'duplicate' })
    expect([refund.path, refund.body]).toEqual(['/v1/refunds', 'payment_intent=pi_1&amount=250&reason=duplicate'])
  })

  test.each([12.5, -1, Number.NaN, 2 ** 60])('an amount of %d is not sent', (amount) => {
    expect(codeOf(() => requestOf(api.paymentIntents.create, { amount, currency: 'eur' }))).toBe('REQUEST_INVALID')
    expect(codeOf(() => requestOf(api.refunds.create, { charge: 'ch_1', amount }))).toBe('REQUEST_INVALID')
  })

  test('the answer is the object, or it is not Stripe’s', () => {
    expect(answerOf(api.customers.create, {}, { id: 'cus_1', object: 'customer' })).toMatchObject({ id: 'cus_1' })
    for (const body of [
      '<html>',
      [],
      { object: 'customer' },
      { id: 'pi_1', object: 'payment_intent' },
      { id: 7, object: 'customer' },
    ]) {
      expect(codeOf(() => answerOf(api.customers.create, {}, body))).toBe('PROVIDER_ANSWER')
    }
  })

  test('every write has a key', () => {
    const all = [api.customers.create, api.customers.update, api.paymentIntents.create, api.refunds.create]
    expect(new Set(all.map(({ spec }) => spec.idempotency.by))).toEqual(new Set(['header']))
    expect(api.connector).toMatchObject({ name: 'stripe', baseUrl: 'https://api.stripe.com', secrets: ['KEY'] })
  })
})

test('forms are those of stripe-node', async () => {
  const { queryStringifyRequestData } = await import('../../node_modules/stripe/esm/utils.js' as string)
  const fields = {
    a: 'x y&z=1',
    b: [1, { c: 'ü', d: [true, null] }],
    "k('e')y": "(it's) *fine*!", // not brackets: Stripe takes none in keys, and stripe-node leaves them bare
    e: { f: { g: '' } },
    none: undefined,
    empty: {},
  }
  expect(form(fields)).toBe(queryStringifyRequestData(fields))
})

test.each([
  [400, { type: 'idempotency_error' }, 'PROVIDER_REFUSED'],
  [400, { type: 'invalid_request_error', code: 'parameter_missing' }, 'PROVIDER_REFUSED'],
  [401, { type: 'invalid_request_error' }, 'CREDENTIAL_REFUSED'],
  [402, { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' }, 'PROVIDER_REFUSED'],
  [403, {}, 'CREDENTIAL_REFUSED'],
  [404, { code: 'resource_missing' }, 'PROVIDER_REFUSED'],
  [409, { type: 'idempotency_error' }, 'PROVIDER_REFUSED'],
  [409, { type: 'invalid_request_error', code: 'idempotency_key_in_use' }, 'PROVIDER_FAULT'],
  [409, {}, 'PROVIDER_FAULT'],
  [424, {}, 'PROVIDER_FAULT'],
  [429, { code: 'lock_timeout' }, 'PROVIDER_FAULT'],
  [429, { code: 'rate_limit' }, 'PROVIDER_BUSY'],
  [418, {}, 'PROVIDER_REFUSED'],
  [500, {}, 'PROVIDER_FAULT'],
  [503, {}, 'PROVIDER_FAULT'],
  [302, {}, 'HTTP_REDIRECT'],
])('%i %j is %s', (status, error, code) => {
  const body = Buffer.from(JSON.stringify({ error: { message: 'No.', ...error } }))
  expect(classify({ status, headers: {}, body }, STRIPE_FAULTS, 0).code).toBe(code)
})

describe('events', () => {
  const { read, envelope } = api.endpoint
  const event = { id: 'evt_1', type: 'charge.refunded', created: 1_700_000_000, data: { object: { id: 'ch_1' } } }
  const thin = {
    id: 'evt_2',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error',
    created: '2026-01-01T00:00:00.000Z',
  }

  test('one event: its id, type and time, the whole body as data', () => {
    expect(read({ headers: {}, body: event })).toEqual([
      { id: 'evt_1', type: 'charge.refunded', attributes: { time: '2023-11-14T22:13:20.000Z' }, data: event },
    ])
    expect(read({ headers: {}, body: thin })[0]?.attributes).toEqual({ time: '2026-01-01T00:00:00.000Z' })
  })

  test.each([
    [null],
    ['x'],
    [[]],
    [{}],
    [{ id: 'evt_1' }],
    [{ id: 1, type: 'x' }],
    [{ id: '', type: 'x' }],
    [{ id: 'x'.repeat(256), type: 'x' }],
  ])('%j is no event', (body) => {
    expect(codeOf(() => read({ headers: {}, body }))).toBe('BODY_MALFORMED')
  })

  test.each([[null], [true], [{ toString: null, valueOf: null }]])(
    'created %j is no time, and breaks the envelope',
    (created) => {
      expect(read({ headers: {}, body: { ...event, created } })[0]?.attributes).toEqual({})
      expect(envelope?.check({ ...event, created }).ok).toBe(false)
    },
  )

  test('the envelope asks for four fields and no more', () => {
    expect(envelope?.check({ ...event, more: 1 }).ok).toBe(true)
    expect(envelope?.check(thin).ok).toBe(true)
    const broken = envelope?.check({ ...event, created: 'soon', data: { object: [] } })
    expect(broken).toEqual({
      ok: false,
      issues: [
        { path: 'created', message: 'expected a number' },
        { path: 'data.object', message: 'expected an object' },
      ],
    })
    expect(envelope?.schema['~standard'].validate({})).toMatchObject({ issues: { length: 4 } })
  })

  test('on gives the object, any the event', () => {
    const paid = api.on('payment_intent.succeeded')
    expect([paid.type, paid.endpoint.name, paid.body(event)]).toEqual([
      'payment_intent.succeeded',
      'stripe',
      { id: 'ch_1' },
    ])
    expect([api.any().type, api.any().body(event)]).toEqual(['*', event])
    expect([api.other('tax_rate.created').type, api.other('x').body(event)]).toEqual(['tax_rate.created', event])
  })

  test('types', () => {
    expectTypeOf(api.on('payment_intent.succeeded')).toEqualTypeOf<Source<PaymentIntent>>()
    expectTypeOf(api.on('customer.updated')).toEqualTypeOf<Source<Customer>>()
    expectTypeOf(api.any()).toEqualTypeOf<Source<StripeEvent>>()
    // @ts-expect-error the provider sends no such event
    api.on('nope')
    // @ts-expect-error without webhookSecret nothing is received
    expect(stripe({ apiKey: secret('KEY') }).any).toBeUndefined()
    // @ts-expect-error without apiKey nothing is called
    expect(stripe({ webhookSecret: secret('HOOK') }).customers).toBeUndefined()
  })
})
