import fc from 'fast-check'
import { expect, it } from 'vitest'
import { elementSpans, memberSpans, type Span } from './json-span.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const cut = (json: Uint8Array, { start, end }: Span): string => new TextDecoder().decode(json.subarray(start, end))

it('keeps the bytes of a member as they came', () => {
  const json = bytes(' {"a" : 12345678901234567890 , "d\\u0061ta":{ "x":[1, "}" ]}\n,"s":"q\\"}" }')
  const spans = memberSpans(json)
  expect([...spans].map(([key, span]) => [key, cut(json, span)])).toEqual([
    ['a', '12345678901234567890'],
    ['data', '{ "x":[1, "}" ]}'],
    ['s', '"q\\"}"'],
  ])
})

it('takes the last of repeated keys, as the parser does', () => {
  const json = bytes('{"a":1,"a":[2]}')
  expect(cut(json, memberSpans(json).get('a')!)).toBe('[2]')
})

it('finds nothing in what is empty', () => {
  expect(elementSpans(bytes(' [ ] '))).toEqual([])
  expect(memberSpans(bytes('{}')).size).toBe(0)
})

it('agrees with the parser on any array and object', () => {
  const spaced = fc.tuple(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(0, 2))
  fc.assert(
    fc.property(fc.array(spaced, { maxLength: 5 }), (values) => {
      const json = bytes(`[${values.map(([value, indent]) => JSON.stringify(value, null, indent)).join(' ,\n')}]`)
      expect(elementSpans(json).map((span) => JSON.parse(cut(json, span)))).toEqual(
        JSON.parse(new TextDecoder().decode(json)),
      )
    }),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.constantFrom(0, 2), (value, indent) => {
      const json = bytes(JSON.stringify(value, null, indent))
      const found = [...memberSpans(json)].map(([key, span]) => [key, JSON.parse(cut(json, span))])
      expect(found).toEqual(Object.entries(JSON.parse(JSON.stringify(value))))
    }),
  )
})
