import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../port/http.ts'
import type { FaultTable } from '../target/operation.ts'
import { classify } from './classify.ts'
import { HTTP_FAULTS } from './http-faults.ts'

const NOW = Date.UTC(2026, 0, 1)

function answer(status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers, body: new TextEncoder().encode(text) }
}

const plain = (status: number, body?: unknown, headers?: Readonly<Record<string, string>>) =>
  classify(answer(status, body, headers), HTTP_FAULTS, NOW)

test.each([
  [301, 'HTTP_REDIRECT', 'stop'],
  [304, 'HTTP_REDIRECT', 'stop'],
  [307, 'HTTP_REDIRECT', 'stop'],
  [400, 'PROVIDER_REFUSED', 'stop'],
  [401, 'CREDENTIAL_REFUSED', 'retry'],
  [402, 'PROVIDER_REFUSED', 'stop'],
  [403, 'PROVIDER_REFUSED', 'stop'],
  [404, 'PROVIDER_REFUSED', 'stop'],
  [407, 'CREDENTIAL_REFUSED', 'retry'],
  [408, 'PROVIDER_FAULT', 'retry'],
  [409, 'PROVIDER_REFUSED', 'stop'],
  [410, 'PROVIDER_REFUSED', 'stop'],
  [421, 'PROVIDER_FAULT', 'retry'],
  [422, 'PROVIDER_REFUSED', 'stop'],
  [423, 'PROVIDER_FAULT', 'retry'],
  [425, 'PROVIDER_FAULT', 'retry'],
  [429, 'PROVIDER_BUSY', 'retry'],
  [499, 'PROVIDER_REFUSED', 'stop'],
  [500, 'PROVIDER_FAULT', 'retry'],
  [501, 'PROVIDER_REFUSED', 'stop'],
  [502, 'PROVIDER_FAULT', 'retry'],
  [503, 'PROVIDER_BUSY', 'retry'],
  [504, 'PROVIDER_FAULT', 'retry'],
  [505, 'PROVIDER_REFUSED', 'stop'],
  [529, 'PROVIDER_FAULT', 'retry'],
  [700, 'PROVIDER_ANSWER', 'stop'],
])('HTTP %i is %s', (status, code, disposition) => {
  const error = plain(status)
  expect([error.code, error.disposition, error.retryAfterMs]).toEqual([code, disposition, undefined])
  expect(error.message.startsWith(String(status))).toBe(true)
})

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['0.0001', 1],
    ['99999999999999999999', 2_592_000_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Thu Jan  1 00:00:05 2026', 5_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['Fri, 01 Jan 2199 00:00:00 GMT', 2_592_000_000],
    ['Wednesday, 01-Jan-70 00:00:00 GMT', 2_592_000_000],
    ['Friday, 01-Jan-99 00:00:00 GMT', 0],
    ['Tue, 31 Feb 2026 00:00:30 GMT', undefined],
    ['Thu Jan  1 00:00:80 2026', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['5 minutes', undefined],
    ['foo 5', undefined],
    ['2026-01-01T00:00:30Z', undefined],
    ['Thu, 99 Jan 2026 00:00:30 GMT', undefined],
    ['', undefined],
    ['1, 2', undefined],
  ])('%j is %s ms', (value, ms) => {
    expect(plain(429, '', { 'retry-after': value }).retryAfterMs).toBe(ms)
  })

  test('is honoured for every retry, and never for a stop', () => {
    for (const status of [401, 408, 429, 500, 503])
      expect(plain(status, '', { 'retry-after': '2' }).retryAfterMs).toBe(2_000)
    expect(plain(400, '', { 'retry-after': '2' }).retryAfterMs).toBeUndefined()
  })
})

describe('a provider’s table', () => {
  const table: FaultTable = {
    source: 'https://docs.example/errors',
    rows: [
      { status: 409, code: 'in_use', means: 'retry', why: 'at work' },
      { status: 423, means: 'retry', why: 'locked for two seconds', afterMs: 2_000 },
      { status: 429, code: 'DAILY', means: 'retry-after', why: 'daily limit', afterMs: 3_600_000 },
      { status: '4xx', means: 'stop', why: 'refused' },
    ],
  }
  const by = (status: number, body?: unknown, headers?: Readonly<Record<string, string>>) =>
    classify(answer(status, body, headers), table, NOW)

  test('the first row that matches decides, the code wherever the provider puts it', () => {
    for (const body of [
      { error: { code: 'in_use' } },
      { category: 'in_use' },
      { errors: [{ type: 'in_use' }] },
      { error: 'in_use' },
      [{ errorCode: 'in_use', message: 'x', fields: [] }],
      [{ message: 'x', errorCode: 'in_use' }, { errorCode: 'other' }],
    ]) {
      expect(by(409, body).code).toBe('PROVIDER_FAULT')
    }
    expect(by(409, { error: { code: 'other' } }).code).toBe('PROVIDER_REFUSED')
    expect(by(409, [{ errorCode: 'other' }, { errorCode: 'in_use' }]).code).toBe('PROVIDER_REFUSED')
  })

  test('its own rows come before HTTP’s, which stand behind it', () => {
    expect(by(408).code).toBe('PROVIDER_REFUSED')
    expect(by(500).code).toBe('PROVIDER_FAULT')
  })

  test('its pause stands in for a missing Retry-After', () => {
    expect(by(423).retryAfterMs).toBe(2_000)
    expect(by(423, '', { 'retry-after': '9' }).retryAfterMs).toBe(9_000)
    expect(by(429, { policyName: 'DAILY' }).retryAfterMs).toBe(3_600_000)
  })
})

describe('the message', () => {
  test.each([
    [
      { error: { type: 'card_error', code: 'expired_card', message: 'Card expired.' } },
      '402 expired_card, "Card expired."',
    ],
    [{ status: 'error', message: 'Contact exists', category: 'CONFLICT' }, '402 CONFLICT, "Contact exists"'],
    [
      { type: 'about:blank', title: 'Out of credit', status: 402, detail: 'Balance 30' },
      '402 about:blank, "Balance 30"',
    ],
    [{ errors: [{ message: 'bad', code: 17 }] }, '402 17, "bad"'],
    [
      {
        type: 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html',
        title: 'Unauthorized',
        'o:errorDetails': [{ detail: 'Invalid login attempt.', 'o:errorCode': 'INVALID_LOGIN' }],
      },
      '402 INVALID_LOGIN, "Invalid login attempt."',
    ],
    [[{ message: 'no such column', errorCode: 'INVALID_FIELD' }], '402 INVALID_FIELD, "no such column"'],
    [['/a', '/b'], '402, "[\\"/a\\",\\"/b\\"]"'],
    ['[]', '402, "[]"'],
    ['insufficient funds', '402, "insufficient funds"'],
    ['<html><h1>Oops</h1></html>', '402'],
    ['', '402'],
    ['[1,2]', '402, "[1,2]"'],
  ])('%j', (body, start) => {
    expect(plain(402, body).message).toBe(`${start} (the request itself is refused (section 15.5))`)
  })

  test('is bounded, on one line', () => {
    const { message } = plain(400, { message: `a\nb\u0007\u2028${'x'.repeat(5_000)}` })
    expect(message.length).toBeLessThan(400)
    expect(message).toContain('"a b xxx')
    expect(plain(400, 'y'.repeat(100_000)).message.length).toBeLessThan(100)
  })

  test.each([
    ['Invalid API Key provided: sk_test_51Habc', 'Invalid API Key provided: [secret]'],
    ['bad rk_live_abc, pat-na1-0000-1111 and whsec_MfKQ9r8G', 'bad [secret], [secret] and [secret]'],
    ['Authorization: Bearer abcdefgh was refused', 'Authorization: [secret] was refused'],
    ['header Bearer 1234567890abc refused', 'header Bearer [secret] refused'],
    ['see https://x.example/?token=abc&x=1', 'see https://x.example/?token=[secret]&x=1'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln bad', 'jwt [secret] bad'],
    ['\\"password\\": \\"pa55\\", name', '\\"password\\": \\"[secret]", name'],
    ['"password": "pa55", name', '"password": "[secret]", name'],
    ['Bearer authentication required, the token expired', 'Bearer authentication required, the token expired'],
    ['No such customer: cus_NffrFeUfNV2Hib', 'No such customer: cus_NffrFeUfNV2Hib'],
  ])('%s', (said, kept) => {
    expect(plain(400, { message: said }).message).toContain(JSON.stringify(kept))
  })

  test('a code that is a secret is not one', () => {
    expect(plain(400, { error: 'sk_live_abc123' }).message).not.toContain('abc123')
  })

  test('a redirect names where to, without path and query', () => {
    const { message } = plain(307, '', { location: 'https://eu.api.example/v1/x?token=hush' })
    expect(message).toBe('307 to https://eu.api.example')
    expect(plain(307, '', { location: 'https://me:hush@eu.example/' }).message).not.toContain('hush')
    expect(plain(308, '', { location: '/relative' }).message).toBe('308')
  })
})
