import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { type XmlShape, xmlRecords, xmlWriter } from '../../src/adapter/format/index.ts'
import { readAll, readEveryWay, said, written } from './pieces.ts'

const shape: XmlShape = { at: 'x:Batch/Invoice', namespaces: { '': 'urn:i', x: 'urn:x', c: 'urn:c' } }
const lists = ['Line', 'Line/Line', 'c:Note/b']
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('<', '&', '>', ']', '"', "'", '\r', '\n', '\t', ' '),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .map((raw) => raw.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''))
const words = text.filter((raw) => raw !== '')
const attributes = fc.dictionary(fc.constantFrom('@id', '@c:kind', '@xml:lang', '@constructor'), text, {
  maxKeys: 2,
  noNullPrototype: true,
})
const leaf = fc.oneof(
  text,
  fc
    .tuple(attributes, text)
    .map(([more, raw]) => (Object.keys(more).length === 0 ? raw : raw === '' ? more : { ...more, '#text': raw })),
)
const node = (inside: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  fc
    .tuple(attributes, fc.record(inside, { requiredKeys: [], noNullPrototype: true }))
    .map(([more, parts]) => ({ ...more, ...parts }))
    .filter((value) => Object.keys(value).length > 0)
const line = node({ Name: leaf, Line: fc.array(leaf, { minLength: 1, maxLength: 2 }) })
const mixed = fc
  .array(
    fc.oneof(
      words,
      leaf.map((value) => ({ b: value })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .filter((parts) => parts.every((part, i) => typeof part !== 'string' || typeof parts[i - 1] !== 'string'))
  .map((parts) => ({ '#mixed': parts }))
const invoice = node({
  'c:ID': leaf,
  'x:Total': leaf,
  Line: fc.array(line, { minLength: 1, maxLength: 3 }),
  'c:Note': mixed,
  toString: leaf,
})

describe('laws of XML', () => {
  it('what the writer writes, the reader reads as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(invoice, { maxLength: 3 }), fc.integer({ min: 1, max: 9 }), async (records, size) => {
        const file = await written(xmlWriter(shape), records)
        const { items, broken } = await readAll(xmlRecords({ ...shape, lists, mixed: ['c:Note'] }), file, { size })
        expect(broken).toBeUndefined()
        expect(said(items)).toEqual(records)
      }),
      { numRuns: 200 },
    )
  })

  it('declared fields are the same values as of the whole record', async () => {
    const fields = ['c:ID', 'Line/Name', 'Line/@id']
    await fc.assert(
      fc.asyncProperty(fc.array(invoice, { maxLength: 3 }), async (records) => {
        const file = await written(xmlWriter(shape), records)
        const { items } = await readAll(xmlRecords({ ...shape, lists, fields }), file)
        expect(said(items)).toEqual(records.map(picked))
      }),
      { numRuns: 100 },
    )
  })

  it('any document is taken or refused as saxes with namespaces does, in any pieces', async () => {
    const token = fc.constantFrom(
      ...[
        '<a>',
        '</a>',
        '<b>',
        '</b>',
        '<b/>',
        '<p:b xmlns:p="urn:p">',
        '</p:b>',
        '<p:b/>',
        ' p:c="1"',
        '<b c="1" c="2"/>',
        'x',
        ' ',
        '\r',
        '\n',
      ],
      ...[
        '&amp;',
        '&x;',
        '&#1;',
        '<!-- -->',
        '<!-- -- -->',
        '<![CDATA[x]]>',
        ']]>',
        '<?x y?>',
        '<',
        '>',
        '"',
        '\u00e4',
        '\u{1f600}',
        '\u0001',
      ],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 14 }), async (tokens) => {
        const file = `<r>${tokens.join('')}</r>`
        const parser = new SaxesParser({ xmlns: true })
        let good = true
        parser.on('error', () => {
          good = false
        })
        parser.write(file).close()
        const { broken } = await readEveryWay(xmlRecords({ at: 'r/a', lists: ['b', 'a'] }), file)
        expect(broken === undefined).toBe(good)
      }),
      { numRuns: 500 },
    )
  })
})

/** What `fields` of the law asks for, by hand. */
function picked(record: unknown): unknown {
  const { 'c:ID': id, Line: lines } = record as {
    readonly 'c:ID'?: unknown
    readonly Line?: readonly Record<string, unknown>[]
  }
  return {
    ...(id !== undefined && { 'c:ID': id }),
    ...(lines !== undefined && {
      Line: lines.map(({ '@id': id, Name }) => ({
        ...(id !== undefined && { '@id': id }),
        ...(Name !== undefined && { Name }),
      })),
    }),
  }
}

describe('the writer', () => {
  it('sorts attributes, keeps elements in order, declares namespaces once', () => {
    const writer = xmlWriter(shape)
    expect(writer.head + writer.record({ 'c:ID': 1, '@b': 'x"\n', '@a': true, A: undefined }) + writer.tail).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<x:Batch xmlns="urn:i" xmlns:c="urn:c" xmlns:x="urn:x">\n' +
        '<Invoice a="true" b="x&quot;&#10;"><c:ID>1</c:ID></Invoice>\n</x:Batch>\n',
    )
    expect(xmlWriter({ at: 'a', namespaces: { '': 'urn:i' }, declaration: false }).record({ b: '1' })).toBe(
      '<a xmlns="urn:i"><b>1</b></a>\n',
    )
  })

  it.each([
    [{ A: null }, 'Invoice/A: text, a finite number'],
    [{ A: Number.NaN }, 'Invoice/A: text, a finite number'],
    [{ A: 'x\u0000' }, 'Invoice/A: text without characters that XML forbids'],
    [{ A: '\uD800' }, 'Invoice/A: text without characters that XML forbids'],
    [{ 'a b': '' }, 'Invoice/a b: a name of XML'],
    [{ 'q:a': '' }, 'Invoice/q:a: a name of XML, its prefix declared'],
    [{ '@1': '' }, 'Invoice/@1: a name of XML'],
    [{ '{urn:o}a': '' }, 'Invoice/{urn:o}a: a name of XML'],
    [{ '><script': '' }, 'a name of XML'],
    [{ '#mixed': 'x' }, 'Invoice/#mixed: a list of texts and elements'],
    [{ '#mixed': [{ a: '', b: '' }] }, 'Invoice/#mixed[0]: an object with one element'],
    [{ A: [['x']] }, 'Invoice/A[0]: text'],
  ])('%j is refused by name', (value, message) => {
    expect(() => xmlWriter(shape).record(value)).toThrow(message)
  })
})
