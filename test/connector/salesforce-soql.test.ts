import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { soql } from '../../src/adapter/connector/salesforce/index.ts'
import { tokensOf } from '../../src/sandbox/salesforce/token.ts'
import { codeOf } from './halves.ts'

/** Text with what SOQL gives a meaning to, more often than chance would. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '\\', '"', '\n', '\r', "\\'", "' OR '' = '", '%', '_', '\u2028', '\u0000', '{', ')'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''))

test('a text is one value, whatever is in it', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const query = soql`SELECT Id FROM Account WHERE Name = ${text} AND Id != null`
      expect(tokensOf(query.text).slice(5)).toEqual([
        { kind: 'word', text: 'Name' },
        { kind: 'sign', text: '=' },
        { kind: 'value', value: text },
        { kind: 'word', text: 'AND' },
        { kind: 'word', text: 'Id' },
        { kind: 'sign', text: '!=' },
        { kind: 'value', value: null },
      ])
    }),
    { numRuns: 500 },
  )
})

test('a list of texts is as many values', () => {
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 5 }), (texts) => {
      const values = tokensOf(soql`Name IN ${texts}`.text).flatMap((token) =>
        token.kind === 'value' ? [token.value] : [],
      )
      expect(values).toEqual(texts)
    }),
  )
})

describe('values', () => {
  test.each([
    ['Bob\'s \\ "BBQ"\n', `'Bob\\'s \\\\ \\"BBQ\\"\\n'`],
    ['\u0000\u001f', "'\\u0000\\u001f'"],
    ['', "''"],
    [-1.5, '-1.5'],
    [12n, '12'],
    [true, 'true'],
    [null, 'null'],
    [new Date('2026-01-31T10:20:30.456Z'), '2026-01-31T10:20:30Z'],
    [{ date: '2026-01-31' }, '2026-01-31'],
    [['a', 1, null], "('a', 1, null)"],
    [soql`Name = ${"'"}`, "Name = '\\''"],
  ])('%s', (value, text) => {
    expect(soql`${value}`.text).toBe(text)
  })

  test.each([
    [Number.NaN],
    [1e21],
    [1e-7],
    [Number.POSITIVE_INFINITY],
    [new Date(Number.NaN)],
    [[]],
    ['\ud800'],
    [{ date: "2026-01-31' OR" }],
    [{ date: '2026-13-01' }],
  ])('%j is refused', (value) => {
    expect(codeOf(() => soql`SELECT Id FROM A WHERE X = ${value}`)).toBe('REQUEST_INVALID')
  })

  test('what has no form is refused', () => {
    for (const value of [undefined, {}, { text: "'" }, { kind: 'soql', text: "'" }, () => 1, Symbol('x'), [['a']]])
      expect(codeOf(() => soql`${value as never}`)).toBe('REQUEST_INVALID')
  })

  test('a value within quotes is refused: it would end them', () => {
    expect(codeOf(() => soql`SELECT Id FROM A WHERE X = '${'x'}'`)).toBe('REQUEST_INVALID')
    expect(codeOf(() => soql`SELECT Id FROM A WHERE X = 'it\\'s' AND Y = '${'x'}'`)).toBe('REQUEST_INVALID')
    expect(codeOf(() => soql`SELECT Id FROM A WHERE X = 'it\\'s' AND Y = ${'x'}`)).toBe('nothing thrown')
    expect(codeOf(() => soql`X = ${"it's"} AND Y = ${'x'}`)).toBe('nothing thrown')
  })
})
