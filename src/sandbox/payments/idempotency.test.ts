import { expect, it } from 'vitest'
import { type Attempt, IdempotentAnswers } from './idempotency.ts'

it('keeps a failure in the middle of an operation, as Stripe does: 500 stays 500 for this key', () => {
  const kept = new IdempotentAnswers()
  let runs = 0
  const attempt: Attempt = {
    key: 'k',
    path: '/v1/customers',
    fingerprint: '{}',
    nowMs: 0,
    busyMs: 0,
    requestId: 'req_1',
    run: () => {
      runs += 1
      return { status: 500, headers: {}, body: '{"error":{"type":"api_error"}}' }
    },
  }
  const first = kept.answer(attempt)
  const again = kept.answer({ ...attempt, nowMs: 1, requestId: 'req_2' })
  expect([again.status, again.body, runs]).toEqual([500, first.body, 1])
  expect(again.headers).toEqual({ 'idempotent-replayed': 'true', 'original-request': 'req_1' })
  expect(() => kept.answer({ ...attempt, key: 'k'.repeat(256) })).toThrow('255')
})
