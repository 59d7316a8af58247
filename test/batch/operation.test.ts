import { expect, test } from 'vitest'
import { codeOf } from '../connector/halves.ts'
import { upsert } from './bench.ts'

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a batch of at most %s inputs is none', (max) => {
  expect(codeOf(() => upsert({ max }))).toBe('DECLARATION_INVALID')
})

test('a key in a header cannot make many inputs safe, which are in other company the next time', () => {
  expect(codeOf(() => upsert({}, { by: 'header', name: 'Idempotency-Key' }))).toBe('DECLARATION_INVALID')
  expect(() => upsert({}, { by: 'header', name: 'Idempotency-Key' })).toThrow(
    'operation crm rows.upsert: batch: a key in a header is for a whole request',
  )
})
