import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { WEBHOOK_FAULTS } from '../../src/adapter/connector/webhook/faults.ts'
import { webhook } from '../../src/adapter/connector/webhook/index.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { answerOf, codeOf, contextWith, requestOf } from './halves.ts'

const app = webhook('app', { url: 'https://app.example.com/hooks?from=tieline', secret: secret('HOOK') })
const message = { type: 'invoice.paid', data: { id: 'in_1' }, timestamp: '2026-01-01T00:00:00Z' }

describe('send', () => {
  test('the request', () => {
    const { headers, ...request } = requestOf(app.send, message)
    expect(request).toEqual({
      method: 'POST',
      path: '/hooks?from=tieline',
      body: '{"type":"invoice.paid","timestamp":"2026-01-01T00:00:00Z","data":{"id":"in_1"}}',
    })
    expect(headers).toEqual({
      'content-type': 'application/json',
      'user-agent': 'tieline',
      'webhook-id': 'k-1',
      'webhook-timestamp': '1700000000',
      'webhook-signature': expect.stringMatching(/^v1,\S{44} v1,\S{44}$/),
    })
  })

  test('the reference library verifies it with the new secret, and with the old one', () => {
    const nowMs = Date.now()
    const { headers, body } = requestOf(app.send, { type: 'x', data: 'grüß' }, { nowMs })
    for (const value of contextWith().secret('HOOK')) {
      expect(new Webhook(value).verify(body ?? '', headers ?? {})).toEqual({ type: 'x', data: 'grüß' })
    }
    const other = Buffer.alloc(32, 1).toString('base64')
    expect(() => new Webhook(other).verify(body ?? '', headers ?? {})).toThrow()
  })

  test('a fresh time and the same id and body in each attempt', () => {
    const first = requestOf(app.send, message, { attempt: 1, nowMs: 1_000_000 })
    const again = requestOf(app.send, message, { attempt: 2, nowMs: 9_000_000 })
    expect(again.body).toBe(first.body)
    expect(again.headers?.['webhook-id']).toBe(first.headers?.['webhook-id'])
    expect([first.headers?.['webhook-timestamp'], again.headers?.['webhook-timestamp']]).toEqual(['1000', '9000'])
  })

  test('a bad secret is told without its value', () => {
    const send = () => app.send.spec.request(message, contextWith({ secret: () => ['whsec_hush'] }))
    expect(codeOf(send)).toBe('CONFIG_INVALID')
    expect(send).not.toThrow(/hush/)
  })

  test('any 2xx will do', () => expect(answerOf(app.send, message, 'thanks', 204)).toEqual({ status: 204 }))
})

test.each([
  [301, 'HTTP_REDIRECT', undefined],
  [400, 'PROVIDER_FAULT', 9_000],
  [404, 'PROVIDER_FAULT', 9_000],
  [410, 'PROVIDER_REFUSED', undefined],
  [429, 'PROVIDER_BUSY', 9_000],
  [500, 'PROVIDER_FAULT', 9_000],
  [502, 'PROVIDER_BUSY', 9_000],
  [503, 'PROVIDER_BUSY', 9_000],
  [504, 'PROVIDER_BUSY', 9_000],
])('%i is %s', (status, code, afterMs) => {
  const error = classify({ status, headers: { 'retry-after': '9' }, body: new Uint8Array() }, WEBHOOK_FAULTS, 0)
  expect([error.code, error.retryAfterMs]).toEqual([code, afterMs])
})

test.each(['app.example.com', 'ftp://app.example.com', 'https://me:hush@app.example.com'])(
  'url %s is refused',
  (url) => {
    const declare = () => webhook('app', { url, secret: secret('HOOK') })
    expect(codeOf(declare)).toBe('DECLARATION_INVALID')
    expect(declare).not.toThrow(/hush/)
  },
)
