import { expect, it } from 'vitest'
import { type Duration, milliseconds } from './duration.ts'

it.each<[Duration, number]>([
  ['250ms', 250],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['36500d', 3_153_600_000_000],
])('%s', (text, ms) => expect(milliseconds(text)).toBe(ms))

it.each(['', '5', 's', '-1s', '1 s', '1e3s', '.5s', '1.s', '1w', '5M'])('refuses %j', (text) => {
  expect(() => milliseconds(text as Duration)).toThrow(/is no duration; write a number and a unit/)
})

it.each(['36501d', `${'9'.repeat(400)}d`])('refuses more than a hundred years: %s', (text) => {
  expect(() => milliseconds(text as Duration)).toThrow(/^".{1,43}" is longer than a hundred years, '36500d'$/)
})
