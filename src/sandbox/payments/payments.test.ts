import { describe, expect, it } from 'vitest'
import type { ProviderAnswer } from '../provider.ts'
import { idSource, seededRandom } from '../seeded-random.ts'
import { type Payments, payments } from './payments.ts'

interface Ask {
  readonly key?: string
  readonly atMs?: number
  readonly busyMs?: number
  readonly headers?: Record<string, string>
}

function client(model: Payments = payments(), seed = 1) {
  const nextId = idSource(seededRandom(seed))
  const send = (method: string, url: string, fields: Record<string, string> = {}, ask: Ask = {}): ProviderAnswer => {
    const [path = '', query = ''] = url.split('?')
    const headers: Record<string, string> = {
      authorization: 'Bearer sk_test_1',
      'content-type': 'application/x-www-form-urlencoded',
      ...(ask.key === undefined ? {} : { 'idempotency-key': ask.key }),
      ...ask.headers,
    }
    const body = new TextEncoder().encode(new URLSearchParams(fields).toString())
    const context = { nowMs: ask.atMs ?? 1_700_000_000_000, nextId, busyMs: ask.busyMs ?? 0 }
    return model.handle({ method, path, query, headers, body }, context)
  }
  const json = (answer: ProviderAnswer) => JSON.parse(answer.body)
  const post = (path: string, fields?: Record<string, string>, ask?: Ask) => send('POST', path, fields, ask)
  const get = (url: string) => json(send('GET', url))
  return {
    model,
    send,
    post,
    get,
    json,
    made: (path: string, fields: Record<string, string>) => json(post(path, fields)),
  }
}

const PAY = { amount: '1099', currency: 'EUR', confirm: 'true', payment_method: 'pm_card_visa' }

describe('customers', () => {
  it('are created, found, changed and listed', () => {
    const { made, get, model } = client()
    const customer = made('/v1/customers', { email: 'a@b.example', 'metadata[signup_id]': 's1' })
    expect(customer).toMatchObject({
      object: 'customer',
      email: 'a@b.example',
      metadata: { signup_id: 's1' },
      name: null,
    })
    expect(customer.id).toMatch(/^cus_[0-9A-Za-z]{14}$/)
    expect(get(`/v1/customers/${customer.id}`)).toEqual(customer)
    const changed = made(`/v1/customers/${customer.id}`, { name: 'Ann', 'metadata[signup_id]': '', 'metadata[x]': '1' })
    expect(changed).toMatchObject({ id: customer.id, name: 'Ann', metadata: { x: '1' } })
    expect(get('/v1/customers?email=a@b.example').data).toEqual([changed])
    const [created, updated] = model.takeEvents()
    expect(created).toMatchObject({ type: 'customer.created', data: { object: customer } })
    expect(updated).toMatchObject({ data: { object: changed, previous_attributes: { name: null } } })
    expect(model.takeEvents()).toEqual([])
  })

  it('an update that changes nothing is no effect', () => {
    const { made, model } = client()
    const { id } = made('/v1/customers', { name: 'Ann' })
    made(`/v1/customers/${id}`, { name: 'Ann' })
    expect(model.ledger().effects.map(({ kind }) => kind)).toEqual(['customer.created'])
  })

  it('come newest first, a page at a time, with nothing skipped or shown twice', () => {
    const { made, get } = client()
    const ids = Array.from({ length: 25 }, (_, number) => made('/v1/customers', { name: `n${number}` }).id).reverse()
    const seen: string[] = []
    let pages = 0
    let cursor = ''
    for (;;) {
      const page = get(`/v1/customers?limit=5${cursor}`)
      expect(page).toMatchObject({ object: 'list', url: '/v1/customers' })
      seen.push(...page.data.map((one: { id: string }) => one.id))
      pages += 1
      expect(page.data).toHaveLength(5)
      if (!page.has_more) break
      cursor = `&starting_after=${seen.at(-1)}`
    }
    expect(seen).toEqual(ids)
    expect(pages).toBe(5) // the last page is full, and there is no more
    const before = get(`/v1/customers?limit=2&ending_before=${ids[5]}`)
    expect(before.data.map((one: { id: string }) => one.id)).toEqual(ids.slice(3, 5))
    expect(before.has_more).toBe(true)
  })
})

describe('payments', () => {
  it('a confirmed intent is charged and tells of it with the whole object', () => {
    const { made, get, model } = client()
    const intent = made('/v1/payment_intents', PAY)
    expect(intent).toMatchObject({ status: 'succeeded', amount: 1099, amount_received: 1099, currency: 'eur' })
    expect(intent.id).toMatch(/^pi_3/)
    const charge = get(`/v1/charges/${intent.latest_charge}`)
    expect(charge).toMatchObject({ paid: true, payment_intent: intent.id, amount: 1099, refunded: false })
    const events = model.takeEvents()
    expect(events.map(({ type }) => type)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ])
    expect(events[2]).toMatchObject({ object: 'event', livemode: false, data: { object: intent } })
    expect(get('/v1/events?type=payment_intent.*').data.map((event: { id: string }) => event.id)).toEqual([
      events[2]?.id,
      events[0]?.id,
    ])
  })

  it('is confirmed later, once', () => {
    const { made, post, json } = client()
    const intent = made('/v1/payment_intents', { amount: '5', currency: 'eur' })
    expect(intent.status).toBe('requires_payment_method')
    const early = post(`/v1/payment_intents/${intent.id}/confirm`)
    expect([early.status, json(early).error.code]).toEqual([400, 'payment_intent_unexpected_state'])
    const done = made(`/v1/payment_intents/${intent.id}/confirm`, { payment_method: 'pm_card_visa' })
    expect(done.status).toBe('succeeded')
    const again = post(`/v1/payment_intents/${intent.id}/confirm`)
    expect([again.status, json(again).error.code]).toEqual([400, 'payment_intent_unexpected_state'])
  })

  it('a declined card is 402, and the intent can be tried again', () => {
    const { made, post, json, get, model } = client()
    const declined = post('/v1/payment_intents', { ...PAY, payment_method: 'pm_card_chargeDeclined' })
    const { error } = json(declined)
    expect(declined.status).toBe(402)
    expect(error).toMatchObject({ type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' })
    expect(get(`/v1/payment_intents/${error.payment_intent.id}`).status).toBe('requires_payment_method')
    expect(model.takeEvents().at(-1)?.type).toBe('payment_intent.payment_failed')
    const paid = made(`/v1/payment_intents/${error.payment_intent.id}/confirm`, { payment_method: 'pm_card_visa' })
    expect(paid.status).toBe('succeeded')
  })

  it('is refunded in parts, never more than was paid', () => {
    const { made, post, json, get, model } = client()
    const { id, latest_charge } = made('/v1/payment_intents', PAY)
    expect(made('/v1/refunds', { payment_intent: id, amount: '99' })).toMatchObject({ amount: 99, status: 'succeeded' })
    expect(get(`/v1/charges/${latest_charge}`)).toMatchObject({ amount_refunded: 99, refunded: false })
    expect(post('/v1/refunds', { charge: latest_charge, amount: '1001' }).status).toBe(400)
    expect(made('/v1/refunds', { charge: latest_charge }).amount).toBe(1000)
    expect(get(`/v1/charges/${latest_charge}`)).toMatchObject({ amount_refunded: 1099, refunded: true })
    expect(json(post('/v1/refunds', { charge: latest_charge })).error.code).toBe('charge_already_refunded')
    const told = model.takeEvents().filter(({ type }) => type === 'charge.refunded')
    expect(told.map(({ data }) => data.object['amount_refunded'])).toEqual([99, 1099]) // an event keeps what it saw
  })
})

describe('idempotency', () => {
  it('the same key and parameters give the first answer and no second effect', () => {
    const { post, json, model } = client()
    const first = post('/v1/customers', { name: 'Ann', email: 'a@b.example' }, { key: 'k' })
    const again = post('/v1/customers', { email: 'a@b.example', name: 'Ann' }, { key: 'k' }) // in another order
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.headers['request-id'],
    })
    expect(again.headers['request-id']).not.toBe(first.headers['request-id'])
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(json(post('/v1/customers', { name: 'Ann', email: 'a@b.example' })).id).not.toBe(json(first).id)
    expect(model.ledger()).toMatchObject({ repeats: 1, effects: [{ idempotencyKey: 'k' }, { idempotencyKey: null }] })
  })

  it('other parameters or another endpoint under the same key are refused', () => {
    const { post, json, model } = client()
    post('/v1/customers', { name: 'Ann' }, { key: 'k' })
    for (const [path, name] of [
      ['/v1/customers', 'Bob'],
      ['/v1/refunds', 'Ann'],
    ] as const) {
      const refused = post(path, { name }, { key: 'k' })
      expect([refused.status, json(refused).error.type]).toEqual([400, 'idempotency_error'])
    }
    expect(model.ledger().effects).toHaveLength(1)
  })

  it('a request in progress is 409 until it is done', () => {
    const { post, json, model } = client()
    post('/v1/customers', { name: 'Ann' }, { key: 'k', atMs: 1_000, busyMs: 500 })
    const early = post('/v1/customers', { name: 'Ann' }, { key: 'k', atMs: 1_499 })
    expect([early.status, json(early).error.code]).toEqual([409, 'idempotency_key_in_use'])
    expect(early.headers['stripe-should-retry']).toBe('true')
    expect(post('/v1/customers', { name: 'Ann' }, { key: 'k', atMs: 1_500 }).status).toBe(200)
    expect(model.ledger().effects).toHaveLength(1)
  })

  it('a decline is kept, bad parameters are not, and a key is forgotten after a day', () => {
    const { post, model } = client()
    const declined = { ...PAY, payment_method: 'pm_card_chargeDeclined' }
    const first = post('/v1/payment_intents', declined, { key: 'd', atMs: 0 })
    expect(post('/v1/payment_intents', declined, { key: 'd', atMs: 1 }).body).toBe(first.body)
    expect(post('/v1/customers', { email: 'nonsense' }, { key: 'e', atMs: 2 }).status).toBe(400)
    expect(post('/v1/customers', { email: 'a@b.example' }, { key: 'e', atMs: 3 }).status).toBe(200)
    const before = model.ledger().effects.length
    expect(post('/v1/customers', { email: 'a@b.example' }, { key: 'e', atMs: 86_400_002 }).headers).toHaveProperty(
      'idempotent-replayed',
    )
    expect(model.ledger().effects).toHaveLength(before)
    post('/v1/customers', { email: 'a@b.example' }, { key: 'e', atMs: 86_400_004 })
    expect(model.ledger().effects).toHaveLength(before + 1)
  })
})

describe('refusals', () => {
  it.each([
    ['POST', '/v1/payment_intents', { currency: 'eur' }, 400, 'parameter_missing', 'amount'],
    ['POST', '/v1/payment_intents', { amount: '1.5', currency: 'eur' }, 400, 'parameter_invalid_integer', 'amount'],
    ['POST', '/v1/payment_intents', { amount: '0', currency: 'eur' }, 400, 'parameter_invalid_integer', 'amount'],
    ['POST', '/v1/payment_intents', { ...PAY, customer: 'cus_x' }, 404, 'resource_missing', 'customer'],
    ['POST', '/v1/customers', { colour: 'red' }, 400, 'parameter_unknown', 'colour'],
    ['POST', '/v1/customers', { email: 'nonsense' }, 400, 'email_invalid', 'email'],
    ['POST', '/v1/refunds', {}, 400, 'parameter_missing', undefined],
    ['GET', '/v1/customers/cus_x', {}, 404, 'resource_missing', 'id'],
    ['GET', '/v1/customers?starting_after=cus_x', {}, 404, 'resource_missing', 'starting_after'],
    ['GET', '/v1/customers?limit=101', {}, 400, undefined, 'limit'],
    ['GET', '/v1/nothing', {}, 404, undefined, undefined],
  ])('%s %s %o is %i', (method, url, fields, status, code, param) => {
    const { send, json, model } = client()
    const answer = send(method, url, fields as Record<string, string>)
    expect(answer.status).toBe(status)
    const { error } = json(answer)
    expect([error.type, error.code, error.param]).toEqual(['invalid_request_error', code, param])
    expect(error.message).not.toBe('')
    expect(model.ledger().effects).toEqual([])
  })

  it('asks for a key and a form, and knows dated versions', () => {
    const { post } = client()
    const status = (headers: Record<string, string>) => post('/v1/customers', { name: 'x' }, { headers }).status
    expect(status({ authorization: '' })).toBe(401)
    expect(status({ authorization: 'Bearer nonsense' })).toBe(401)
    expect(status({ authorization: `Basic ${btoa('sk_test_1:')}` })).toBe(200)
    expect(status({ 'content-type': 'application/json' })).toBe(400)
    expect(status({ 'stripe-version': 'yesterday' })).toBe(400)
    const dated = post('/v1/customers', { name: 'x' }, { headers: { 'stripe-version': '2024-06-20' } })
    expect(dated.headers).toMatchObject({
      'stripe-version': '2024-06-20',
      'request-id': expect.stringMatching(/^req_/),
    })
  })

  it('bounds what a form may hold', () => {
    const { post } = client()
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, number) => [`metadata[k${number}]`, 'v']))
    expect(post('/v1/customers', many).status).toBe(400)
    expect(post('/v1/customers', { [`metadata${'[a]'.repeat(50)}`]: 'v' }).status).toBe(400)
    expect(post('/v1/customers', { 'metadata[a': 'v' }).status).toBe(400)
    expect(post('/v1/customers', { metadata: 'x' }).status).toBe(400)
    expect(post('/v1/customers', { '__proto__[polluted]': 'yes' }).status).toBe(400)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

it('the same requests with the same seed leave the same trace', () => {
  const trace = (seed: number): string => {
    const { post, model } = client(payments(), seed)
    const answers = [0, 1, 2, 3].map((number) => post('/v1/payment_intents', PAY, { key: `k${number % 3}` }).body)
    return JSON.stringify([answers, model.ledger(), model.takeEvents(), model.state()])
  }
  expect(trace(7)).toBe(trace(7))
  expect(trace(7)).not.toBe(trace(8))
})
