import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guardJson } from '../core/json-guard.ts'
import { parseJson } from './parse-json.ts'

const DEEPEST = 3

/** JSON text with deep places, forbidden keys spelled in every way, and texts that only look like either. */
const json = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('1', 'null', '"[[[[[{{{{{"', '"__proto__"', '"\\u005f_proto__"', '"\\\\"', '"ä日本"'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(
        fc.tuple(fc.constantFrom('a', '__proto__', '__prot\\u006f__', '__proto', 'x__proto__', 'é'), tie('value')),
        {
          maxLength: 3,
        },
      )
      .map((members) => `{${members.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`),
  ),
})).value

function verdict(text: string): unknown {
  try {
    return parseJson(Buffer.from(text), DEEPEST)
  } catch (thrown) {
    return (thrown as Error).message
  }
}

function expected(text: string): unknown {
  const fault = guardJson(Buffer.from(text), DEEPEST)
  if (fault === 'deep') return `the body is nested deeper than ${DEEPEST} levels`
  return fault === 'prototype' ? 'the body has an object with the key "__proto__"' : JSON.parse(text)
}

describe('parseJson', () => {
  it('finds what a look at each byte finds', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(verdict(text)).toEqual(expected(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['[[[1]]]', [[[1]]]],
    ['[[[[1]]]]', 'the body is nested deeper than 3 levels'],
    ['{"a":[],"b":[],"c":{},"d":{}}', { a: [], b: [], c: {}, d: {} }],
    ['{"\\u005f\\u005fproto\\u005f\\u005f":1}', 'the body has an object with the key "__proto__"'],
    ['["__proto__"]', ['__proto__']],
  ])('%s', (text, outcome) => expect(verdict(text)).toEqual(outcome))

  it.each([
    ['{"a":1', 'the body is not JSON: it goes wrong at position 6'],
    ['{"a":1]', 'the body is not JSON: it goes wrong at position 6'],
    ['', 'the body is not JSON: it ends too early'],
    ['{"a":', 'the body is not JSON: it ends too early'],
  ])('says where: %s', (text, message) => expect(verdict(text)).toBe(message))

  it.each(['position 91', '[at position 91]'])('does not take a place from the text itself: %s', (text) => {
    expect(verdict(text)).toBe('the body is not JSON')
  })
})
