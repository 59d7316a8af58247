import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type FixedOptions,
  fixedRecords,
  fixedWriter,
  type NdjsonOptions,
  ndjsonRecords,
  ndjsonWriter,
} from '../../src/adapter/format/index.ts'
import { readAll, readEveryWay, said, written } from './pieces.ts'

describe('NDJSON', () => {
  const values = async (text: string | Uint8Array, options: NdjsonOptions = {}): Promise<readonly unknown[]> =>
    said((await readEveryWay(ndjsonRecords(options), text)).items)

  it('is a value a line; blank lines, a mark and CR LF are nothing', async () => {
    expect(await values('\uFEFF{"a":1}\r\n\n \t\n[2]\n"\u00e4"\nnull')).toEqual([{ a: 1 }, [2], '\u00e4', null])
  })

  it('has faults by line, and goes on', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n{"a":\n{"a":2} x\n{"__proto__":1}\n{"\\u005f_proto__":1}\n'),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(`${'['.repeat(65)}${']'.repeat(65)}\n"${'x'.repeat(300)}"\n{"a":3}`),
    ])
    const { items } = await readEveryWay(ndjsonRecords({ maxLine: 200 }), bytes)
    expect(said(items)).toEqual([
      { a: 1 },
      'the line is not JSON',
      'the line is not JSON: it goes wrong at character 9',
      'the line has an object with the key "__proto__"',
      'the line has an object with the key "__proto__"',
      'the line is not valid UTF-8',
      'the line is nested deeper than 64 levels',
      'the line has more than 200 bytes',
      { a: 3 },
    ])
    expect(items.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('takes a hundred thousand levels as one bad line', async () => {
    expect(await values(`${'['.repeat(100_000)}\n1`)).toEqual(['the line is nested deeper than 64 levels', 1])
  })

  it('law: what the writer writes is read as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ noUnicodeString: false } as object)),
        fc.integer({ min: 1, max: 9 }),
        async (records, size) => {
          const plain = JSON.parse(JSON.stringify(records)) as unknown[]
          fc.pre(!JSON.stringify(plain).includes('__proto__'))
          const file = await written(ndjsonWriter(), plain)
          expect(said((await readAll(ndjsonRecords(), file, { size })).items)).toEqual(plain)
        },
      ),
    )
    expect(() => ndjsonWriter().record(undefined)).toThrow('a value that JSON can hold is expected')
  })

  it.each([
    [{ maxLine: 0 }, 'maxLine: a whole number'],
    [{ maxDepth: 1.5 }, 'maxDepth: a whole number'],
  ])('%j is refused', (options, message) => {
    expect(() => ndjsonRecords(options)).toThrow(message)
  })
})

describe('fixed width', () => {
  const columns: FixedOptions['columns'] = [
    { name: 'sku', width: 6 },
    { name: 'count', width: 5, align: 'right', pad: '0' },
    { name: 'name', width: 4 },
  ]

  it('is columns without what fills them up', async () => {
    const { items } = await readEveryWay(fixedRecords({ columns }), 'A 1   00042caf\u00e9\r\n\nB     00000    ')
    expect(said(items)).toEqual([
      { sku: 'A 1', count: '42', name: 'caf\u00e9' },
      { sku: 'B', count: '0', name: '' },
    ])
  })

  it('counts characters or bytes, as declared', async () => {
    const file = Buffer.from('A 1   00042caf\u00e9', 'latin1')
    expect(
      said((await readEveryWay(fixedRecords({ columns, unit: 'bytes', encoding: 'iso-8859-1' }), file)).items),
    ).toEqual([{ sku: 'A 1', count: '42', name: 'caf\u00e9' }])
    const bytes = { columns, unit: 'bytes' } as const
    expect(said((await readEveryWay(fixedRecords(bytes), 'A 1   00042caf\u00e9\nA 1   00042ca\u00e9')).items)).toEqual([
      'the line has more than 15 bytes, 15 bytes are expected',
      { sku: 'A 1', count: '42', name: 'ca\u00e9' },
    ])
  })

  it('has faults by line, and goes on', async () => {
    const file = Buffer.concat([
      Buffer.from(`short\n${'x'.repeat(100)}\n`),
      Buffer.from('A 1   00042caf\u00e9\n', 'latin1'),
      Buffer.from('A 1   00042cafe\n'),
    ])
    expect(said((await readEveryWay(fixedRecords({ columns }), file)).items)).toEqual([
      'the line has 5 characters, 15 characters are expected',
      'the line has more than 60 bytes, 15 characters are expected',
      'the line has bytes that are not utf-8, 15 characters are expected',
      { sku: 'A 1', count: '42', name: 'cafe' },
    ])
  })

  it('law: what the writer writes is read as it was', async () => {
    const text = fc.string({ maxLength: 4 }).map((raw) => raw.trim())
    const record = fc.record({ sku: text, count: fc.nat({ max: 99_999 }).map(String), name: text })
    await fc.assert(
      fc.asyncProperty(
        fc.array(record),
        fc.constantFrom('bytes' as const, 'characters' as const),
        async (records, unit) => {
          const file = await written(fixedWriter({ columns, unit }), records)
          expect(said((await readAll(fixedRecords({ columns, unit }), file)).items)).toEqual(records)
        },
      ),
    )
  })

  it('never cuts what does not fit', () => {
    const writer = fixedWriter({ columns, newline: '\r\n' })
    expect(writer.record({ sku: 'A', count: 7 })).toBe('A     00007    \r\n')
    expect(() => writer.record({ sku: 'ABCDEFG' })).toThrow('sku: at most 6 characters are expected')
    expect(() => fixedWriter({ columns, unit: 'bytes' }).record({ name: '\u00e4\u00e4\u00e4' })).toThrow(
      'name: at most 4 bytes',
    )
    expect(() => writer.record({ sku: 'a\nb' })).toThrow('sku: text of one line')
    expect(() => writer.record({ sku: {} })).toThrow('sku: text of one line')
  })

  it.each([
    [{ columns: [] }, 'columns: at least one'],
    [{ columns: [{ name: 'a', width: 0 }] }, 'columns: the width of a must be'],
    [{ columns: [{ name: '__proto__', width: 1 }] }, 'columns: "__proto__" is not a name'],
    [{ columns: [{ name: 'a', width: 1, pad: 'xx' }] }, 'columns: the pad of a must be'],
    [{ columns: [{ name: 'a', width: 1 }], encoding: 'utf-16' }, 'encoding: utf-8 or a single-byte one'],
  ])('%j is refused', (options, message) => {
    expect(() => fixedRecords(options as FixedOptions)).toThrow(message)
  })
})
