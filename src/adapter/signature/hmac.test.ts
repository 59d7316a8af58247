import { createHmac, createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hmac } from './hmac.ts'

function byOpenSsl(key: Uint8Array, before: string, body: Uint8Array, after: string): string {
  return createHmac('sha256', key).update(before).update(body).update(after).digest('hex')
}

describe('hmac', () => {
  // RFC 4231, test case 2
  it('gives the published value', () => {
    expect(hmac('Jefe', '', Buffer.from('what do ya want for nothing?'), '', 'hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('is what OpenSSL makes of any key, texts and body', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 })
    const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(bytes, text, fc.uint8Array({ maxLength: 3_000 }), text, (key, before, body, after) => {
        const expected = byOpenSsl(key, before, body, after)
        expect(hmac(key, before, body, after, 'hex')).toBe(expected)
        expect(hmac(createSecretKey(key), before, body, after, 'hex')).toBe(expected)
      }),
    )
  })

  it('is the same on both sides of the size where the way changes', () => {
    const key = Buffer.from('a secret')
    for (let size = 16_000; size < 16_500; size += 7) {
      const body = Buffer.alloc(size, 'ä')
      expect(hmac('a secret', 'ü.', body, 'ß', 'hex')).toBe(byOpenSsl(key, 'ü.', body, 'ß'))
    }
  })

  it('keeps apart the keys that it holds', () => {
    const body = Buffer.from('{}')
    for (let i = 0; i < 600; i++)
      expect(hmac(`key ${i % 300}`, '', body, '', 'hex')).toBe(byOpenSsl(Buffer.from(`key ${i % 300}`), '', body, ''))
  })
})
