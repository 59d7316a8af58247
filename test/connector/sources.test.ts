import { describe, expect, expectTypeOf, test } from 'vitest'
import { github } from '../../src/adapter/connector/github/index.ts'
import { shopify } from '../../src/adapter/connector/shopify/index.ts'
import { type StandardEvent, standardWebhooks } from '../../src/adapter/connector/webhook/index.ts'
import type { Contract } from '../../src/declare/contract/contract.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { cloudEvents } from '../../src/declare/source/cloud-events.ts'
import { handMade } from '../../src/declare/source/envelope.ts'
import type { Source } from '../../src/declare/source/source.ts'
import { codeOf } from './halves.ts'

const contract = handMade('any', (value) => ({ ok: true, value }), {}) as Contract<{ readonly a: number }>

describe('shopify', () => {
  const shop = shopify({ webhookSecret: secret('HOOK') })
  const headers = {
    'x-shopify-webhook-id': 'w-1',
    'x-shopify-topic': 'orders/paid',
    'x-shopify-shop-domain': 'acme.myshopify.com',
    'x-shopify-triggered-at': '2026-01-01T00:00:00.5Z',
    'x-shopify-event-id': 'e-1',
  }

  test('the envelope is in the headers', () => {
    expect(shop.endpoint.read({ headers, body: { id: 1 } })).toEqual([
      {
        id: 'w-1',
        type: 'orders/paid',
        attributes: { time: '2026-01-01T00:00:00.5Z', shop: 'acme.myshopify.com', eventid: 'e-1' },
        data: { id: 1 },
      },
    ])
  })

  test.each(['x-shopify-webhook-id', 'x-shopify-topic'])('without %s there is no event', (name) => {
    expect(() => shop.endpoint.read({ headers: { ...headers, [name]: '' }, body: {} })).toThrow(`header ${name}`)
  })

  test('topics', () => {
    expect([shop.on('orders/paid').type, shop.other('x/y').type, shop.any().type]).toEqual(['orders/paid', 'x/y', '*'])
    expect(shop.endpoint).toMatchObject({ name: 'shopify', scheme: 'shopify', secret: { secret: 'HOOK' } })
    // @ts-expect-error the provider sends no such event
    shop.on('nope')
  })
})

describe('github', () => {
  const hub = github({ webhookSecret: secret('HOOK'), maxBytes: 26_214_400 })
  const headers = { 'x-github-delivery': 'd-1', 'x-github-event': 'issues' }

  test('the type is the event and its action', () => {
    const body = { action: 'opened', repository: { full_name: 'acme/app' } }
    expect(hub.endpoint.read({ headers, body })).toEqual([
      { id: 'd-1', type: 'issues.opened', attributes: { subject: 'acme/app' }, data: body },
    ])
    expect(
      hub.endpoint.read({ headers: { ...headers, 'x-github-event': 'push' }, body: { repository: null } }),
    ).toMatchObject([{ type: 'push', attributes: {} }])
  })

  test.each([
    ['a header is missing', { 'x-github-event': 'push' }, {}],
    ['a header is missing', { 'x-github-delivery': 'd' }, {}],
    ['the body is a list', headers, []],
    ['the action is too long', headers, { action: 'x'.repeat(300) }],
  ])('malformed: %s', (_, given, body) => {
    expect(codeOf(() => hub.endpoint.read({ headers: given, body }))).toBe('BODY_MALFORMED')
  })

  test('types', () => {
    expect([hub.on('issues.opened').type, hub.endpoint.maxBytes]).toEqual(['issues.opened', 26_214_400])
    // @ts-expect-error the provider sends no such event
    hub.on('nope')
  })
})

describe('Standard Webhooks', () => {
  const from = standardWebhooks({ secret: secret('HOOK') })
  const headers = { 'webhook-id': 'msg_1' }

  test('id from the header, type and time from the body', () => {
    const body = { type: 'user.created', timestamp: '2026-01-01T00:00:00Z', data: {} }
    expect(from.endpoint.read({ headers, body })).toEqual([
      { id: 'msg_1', type: 'user.created', attributes: { time: '2026-01-01T00:00:00Z' }, data: body },
    ])
    expect(from.endpoint.read({ headers, body: { type: 'x' } })).toMatchObject([{ attributes: {} }])
  })

  test.each([
    [{}, { type: 'x' }],
    [headers, {}],
    [headers, 'x'],
  ])('%j %j is malformed', (given, body) => {
    expect(codeOf(() => from.endpoint.read({ headers: given, body }))).toBe('BODY_MALFORMED')
  })

  test('with and without a contract', () => {
    expect(from.on('x', contract).contract).toBe(contract)
    expect(from.on('x').contract).toBeUndefined()
    expectTypeOf(from.on('x', contract)).toEqualTypeOf<Source<{ readonly a: number }>>()
    expectTypeOf(from.any()).toEqualTypeOf<Source<StandardEvent>>()
    expect(from.endpoint).toMatchObject({ name: 'standard', scheme: 'standard-webhooks', toleranceMs: 300_000 })
  })
})

describe('CloudEvents', () => {
  test('are declared here and read by the gateway', () => {
    const from = cloudEvents({ token: secret('HOOK') })
    expect(from.endpoint).toMatchObject({ name: 'events', scheme: 'cloudevents', secret: { secret: 'HOOK' } })
    expect(cloudEvents({ name: 'app' }).endpoint).toMatchObject({ name: 'app', secret: undefined })
    expect([from.on('a').type, from.any().type, from.on('a', contract).contract]).toEqual(['a', '*', contract])
    expectTypeOf(from.on('a', contract)).toEqualTypeOf<Source<{ readonly a: number }>>()
    expect(codeOf(() => from.endpoint.read({ headers: {}, body: {} }))).toBe('BODY_MALFORMED')
  })
})
