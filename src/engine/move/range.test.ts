import { expect, test } from 'vitest'
import { type Candidate, PAGE_ROWS, rangeOf } from './range.ts'

/** Finished work of which the message is gone: three pieces each. */
const works = (rows: number): Candidate[] =>
  Array.from({ length: rows }, (_, i) => ({ first: 1 + i - (i % 3), last: 1 + i, bytes: 0 }))
const message = (first: number, width: number, bytes: number): Candidate => ({ first, last: first + width - 1, bytes })

test('nothing is left', () => {
  expect(rangeOf([[], []])).toBeUndefined()
})

test('a page ends behind all the work of its last message', () => {
  expect(rangeOf([[message(1, 2, 10), message(3, 5, 10)], []])).toEqual({ end: 7 })
  expect(
    rangeOf([
      [message(1, 1, 10)],
      [
        { first: 2, last: 4, bytes: 0 },
        { first: 2, last: 5, bytes: 0 },
      ],
    ]),
  ).toEqual({ end: 5 })
})

test('a page ends after so many messages, or so many bytes', () => {
  const small = Array.from({ length: 1_000 }, (_, i) => message(1 + i * 1_024, 1, 1))
  expect(rangeOf([small])).toEqual({ end: 1 + 499 * 1_024 })
  expect(rangeOf([[message(1, 1, 3e6), message(2, 1, 1)]])).toEqual({ end: 1 })
})

test('a list that was cut short does not tear its last message, nor pass over what another list has', () => {
  const cut = Array.from({ length: PAGE_ROWS }, (_, i) => ({ first: i < 1_000 ? 1 : 1_025, last: 1 + i, bytes: 0 }))
  expect(rangeOf([cut])).toEqual({ end: 1_000 })
  expect(rangeOf([cut, [message(2_000, 1, 1)]])).toEqual({ end: 1_000 })
  expect(rangeOf([works(PAGE_ROWS - 1)])!.end).toBe(1_099)
})
