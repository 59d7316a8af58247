import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { shopifyQuota } from '../../src/adapter/connector/shopify/quota.ts'
import { stripe } from '../../src/adapter/connector/stripe/index.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { crm } from '../../src/sandbox/crm/crm.ts'

type Headers = Readonly<Record<string, string>>

const hubspotQuota = hubspot({ token: secret('TOKEN') }).connector.quota
const stripeQuota = stripe({ apiKey: secret('KEY') }).connector.quota

describe('HubSpot', () => {
  const of = (headers: Headers) =>
    hubspotQuota?.(
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-hubspot-ratelimit-${name}`, value])),
    )

  test('the interval, and the day when less is left of it', () => {
    const interval = { max: '190', remaining: '180', 'interval-milliseconds': '10000' }
    expect(of(interval)).toEqual({ remaining: 180, resetMs: 10_000 })
    expect(of({ ...interval, daily: '650000', 'daily-remaining': '649000' })).toEqual({
      remaining: 180,
      resetMs: 10_000,
    })
    expect(of({ ...interval, daily: '650000', 'daily-remaining': '3' })).toEqual({ remaining: 3, resetMs: 3_600_000 })
  })

  test('the second only where no interval is told', () => {
    const secondly = { secondly: '19', 'secondly-remaining': '2' }
    expect(of(secondly)).toEqual({ remaining: 2, resetMs: 1_000 })
    expect(of({ ...secondly, remaining: '100', 'interval-milliseconds': '10000' })?.remaining).toBe(100)
  })

  test('nothing, as in searches', () => {
    expect(of({})).toBeUndefined()
    expect(of({ remaining: 'x', 'interval-milliseconds': '10000' })).toBeUndefined()
  })

  test('what the sandbox answers', () => {
    const model = crm({ rate: { max: 2, intervalMs: 10_000, daily: 1_000 } })
    const request = { method: 'GET', path: '/crm/v3/objects/deals', query: '', headers: { authorization: 'Bearer t' } }
    const remaining = [1, 2, 3].map(() => {
      const { headers } = model.handle({ ...request, body: new Uint8Array() }, { nowMs: 0 } as never)
      return hubspotQuota?.(headers)?.remaining
    })
    expect(remaining).toEqual([1, 0, 0])
  })
})

test.each([
  ['32/40', 8, 500],
  ['40/40', 0, 500],
  ['1/80', 79, 250],
  ['399/400', 1, 50],
  [' 1 / 40 ', 39, 500],
  ['41/40', 0, 500],
])('Shopify: %s', (value, remaining, resetMs) => {
  expect(shopifyQuota({ 'x-shopify-shop-api-call-limit': value })).toEqual({ remaining, resetMs })
})

test.each(['', '40', '/', '1/0', '-1/40', '1/40/2', '1/4e1', 'a/b', '1/9999999999'])(
  'Shopify: %j is nothing',
  (value) => {
    expect(shopifyQuota({ 'x-shopify-shop-api-call-limit': value })).toBeUndefined()
    expect(shopifyQuota({})).toBeUndefined()
  },
)

test('Stripe: only a limit on all calls of the account is one', () => {
  const of = (reason: string) => stripeQuota?.({ 'stripe-rate-limited-reason': reason })
  expect(of('global-rate')).toEqual({ remaining: 0, resetMs: 1_000 })
  for (const reason of ['global-concurrency', 'endpoint-rate', 'endpoint-concurrency', 'resource-specific', ''])
    expect(of(reason)).toBeUndefined()
  expect(stripeQuota?.({})).toBeUndefined()
})

test('any text gives nothing, or numbers within their bounds', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.stringMatching(/^\d{0,20}\/\d{0,20}$/),
  )
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      const headers = {
        'x-hubspot-ratelimit-remaining': a,
        'x-hubspot-ratelimit-interval-milliseconds': b,
        'x-hubspot-ratelimit-daily-remaining': c,
        'x-shopify-shop-api-call-limit': a,
        'stripe-rate-limited-reason': a,
      }
      for (const quota of [hubspotQuota, shopifyQuota, stripeQuota]) {
        const { remaining = 0, resetMs = 0 } = quota?.(headers) ?? {}
        expect(Number.isInteger(remaining) && remaining >= 0 && remaining <= 1_000_000_000).toBe(true)
        expect(Number.isInteger(resetMs) && resetMs >= 0 && resetMs <= 3_600_000).toBe(true)
      }
    }),
    { numRuns: 1_000 },
  )
})
