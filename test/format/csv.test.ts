import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvOptions, csvRecords, csvWriter, SEPARATORS } from '../../src/adapter/format/index.ts'
import { readAll, readEveryWay, said, written } from './pieces.ts'

const values = async (text: string | Uint8Array, options: CsvOptions = {}): Promise<readonly unknown[]> => {
  const { items, broken } = await readEveryWay(csvRecords(options), text)
  return broken === undefined ? said(items) : [...said(items), { broken }]
}

describe('csv-spectrum', () => {
  const folder = join(import.meta.dirname, '../../node_modules/csv-spectrum')
  // Its CSV and its JSON hold different phone numbers.
  const wrong = new Set(['location_coordinates'])
  for (const name of readdirSync(join(folder, 'csvs')).map((file) => file.replace('.csv', ''))) {
    it.skipIf(wrong.has(name))(name, async () => {
      const expected = JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8')) as unknown
      expect(await values(readFileSync(join(folder, 'csvs', `${name}.csv`)), { separator: ',' })).toEqual(expected)
    })
  }
})

describe('a row', () => {
  it('is text, never a number', async () => {
    expect(await values('zip,n\n08123,1e3\n')).toEqual([{ zip: '08123', n: '1e3' }])
  })

  it('that is uneven is a fault, and its neighbours stay whole', async () => {
    expect(await values('a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11,12\n13,14,15')).toEqual([
      { a: '1', b: '2', c: '3' },
      'the row has 2 fields, 3 columns are expected',
      { a: '6', b: '7', c: '8' },
      'the row has 4 fields, 3 columns are expected',
      { a: '13', b: '14', c: '15' },
    ])
  })

  it('says its line, quoted line ends counted', async () => {
    const { items } = await readEveryWay(csvRecords(), 'a,b\n"1\n\n1",2\n\n3\r\n"4",5\n')
    expect(items.map(({ line, as }) => [line, as])).toEqual([
      [2, 'record'],
      [6, 'fault'],
      [7, 'record'],
    ])
  })

  it('takes a quote in a bare field as it is, and refuses text after a closing quote', async () => {
    expect(await values('a,b\n5" disk,x\n"1"2,3\n"6" ,7\n8,9')).toEqual([
      { a: '5" disk', b: 'x' },
      'field 1 goes on after its closing quote: a quote inside a quoted field is written twice',
      'field 1 goes on after its closing quote: a quote inside a quoted field is written twice',
      { a: '8', b: '9' },
    ])
  })

  it('that never closes its quote breaks the file where it begins', async () => {
    const { items, broken } = await readEveryWay(csvRecords(), 'a,b\n1,2\n"3,4\n5,6\n')
    expect(said(items)).toEqual([{ a: '1', b: '2' }])
    expect(broken).toContain('line 3, record 2: a quote in this row does not close')
  })

  it('is bounded, and one that is too long is a fault', async () => {
    expect(
      await values(`a,b\n1,2\n${'x'.repeat(50)},"y\n"3",4\n${'y'.repeat(30)}\n"${'x'.repeat(15)}",z\n3,4`, {
        maxRow: 12,
      }),
    ).toEqual([
      { a: '1', b: '2' },
      'the row has more than 12 characters',
      { a: '3', b: '4' },
      'the row has more than 12 characters',
      { broken: 'line 6, record 5: a quote in this row does not close, or only after more than 12 characters' },
    ])
    const intake = csvRecords({ separator: ',' }).open(() => {})
    intake.push(Buffer.from('a,b\n"'))
    let sent = 0
    expect(() => {
      for (; sent < 10_000_000; sent += 100_000) intake.push(Buffer.alloc(100_000, 'x'))
    }).toThrow('line 2, record 1')
    expect(sent).toBeLessThan(2_000_000)
  })

  it('may end at CR alone', async () => {
    expect(await values('a;b\r1;2\r"3\r";4')).toEqual([
      { a: '1', b: '2' },
      { a: '3\r', b: '4' },
    ])
  })
})

describe('columns', () => {
  it('are declared where there is no header', async () => {
    expect(await values('1;2\n', { columns: ['x', 'y'] })).toEqual([{ x: '1', y: '2' }])
  })

  it('that are missing, twice, nameless or __proto__ stop the file at once', async () => {
    expect(await values('a,b\n1,2', { required: ['b', 'c'] })).toEqual([{ broken: 'the header row lacks "c"' }])
    expect(await values('a,a\n1,2')).toEqual([{ broken: 'the header row: column 2 has the name of another: "a"' }])
    expect(await values('a,\n1,2')).toEqual([{ broken: 'the header row: column 2 has no name' }])
    expect(await values('a,__proto__\n1,2')).toEqual([
      { broken: 'the header row: column 2 is called __proto__, which is refused' },
    ])
  })

  it('may have names that objects have already', async () => {
    const [value] = await values('constructor,toString\n1,2')
    expect(Object.entries(value as object)).toEqual([
      ['constructor', '1'],
      ['toString', '2'],
    ])
  })
})

describe('what a file is written in', () => {
  it('is the separator that the first line has most of, outside of quotes', async () => {
    expect(await values('"a,b,c,d";b\n1;2')).toEqual([{ 'a,b,c,d': '1', b: '2' }])
    expect(await values('a\tb\n1,5\t2')).toEqual([{ a: '1,5', b: '2' }])
    expect(await values('a|b,c|d\n1|2|3')).toEqual([{ a: '1', 'b,c': '2', d: '3' }])
    expect(await values('a;b,c\n1;2,3')).toEqual([{ 'a;b': '1;2', c: '3' }])
    expect(await values('sep=;\r\na,x;b\n1;2')).toEqual([{ 'a,x': '1', b: '2' }])
    expect(await values('\n\nname\nx\n')).toEqual([{ name: 'x' }])
    expect(await values('')).toEqual([])
  })

  it('is its mark, else its declared encoding, and never guessed', async () => {
    expect(await values('\uFEFFa,b\n\u00e4,\u{1f600}')).toEqual([{ a: '\u00e4', b: '\u{1f600}' }])
    expect(await values(Buffer.from('\uFEFFa,b\n\u00e4,\u{1f600}', 'utf16le'))).toEqual([
      { a: '\u00e4', b: '\u{1f600}' },
    ])
    expect(await values(Buffer.from('a\n\u00e4', 'latin1'), { encoding: 'windows-1252' })).toEqual([{ a: '\u00e4' }])
    const [first, broken] = await values(Buffer.from('a,b\n1,2\nx,\u00e4\n', 'latin1'))
    expect(first).toEqual({ a: '1', b: '2' })
    expect(broken).toEqual({
      broken: 'line 3, record 2: the bytes here are not utf-8: send the file in the encoding that it declares',
    })
  })
})

describe('formulas', () => {
  const text = 'a,b\n=1+1,ok\n-5,+49.30\n"@SUM(1)","\tx"\n+cmd|x,-\n'

  it('are marked for the reader who asks', async () => {
    const { items } = await readAll(csvRecords({ formulas: 'mark' }), text)
    expect(items.map((item) => item.as === 'record' && item.formulas)).toEqual([
      ['a'],
      undefined,
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('do not run in a spreadsheet that opens what we write', () => {
    const writer = csvWriter({ columns: ['a', 'b'] })
    expect(writer.record({ a: '=1+1', b: '-5.20' })).toBe("'=1+1,-5.20\r\n")
    expect(writer.record({ a: '@x', b: '\uFF1D1' })).toBe("'@x,'\uFF1D1\r\n")
    expect(csvWriter({ columns: ['=a'] }).head).toBe("'=a\r\n")
    expect(csvWriter({ columns: ['a'], formulas: 'keep' }).record({ a: '=1' })).toBe('=1\r\n')
  })
})

describe('the writer', () => {
  const columns = ['a', 'b c', 'constructor']
  const field = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '|', '\n', '\r', ' ', 'x', '=', "'", '\uFEFF') }),
  )

  it('law: what it writes is read as it was', async () => {
    const files = fc.array(fc.record({ a: field, 'b c': field, constructor: field }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        files,
        fc.constantFrom(...SEPARATORS),
        fc.constantFrom('\n' as const, '\r\n' as const),
        fc.integer({ min: 1, max: 9 }),
        async (records, separator, newline, size) => {
          const file = await written(csvWriter({ columns, separator, newline, formulas: 'keep' }), records)
          const { items, broken } = await readAll(csvRecords({ separator }), file, { size })
          expect(broken).toBeUndefined()
          expect(said(items)).toEqual(records)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('law: any text is read the same in any pieces and on from any record', async () => {
    const text = fc.string({
      unit: fc.constantFrom('"', ',', ';', '\n', '\r', 'x', '\u00e4', '\u{1f600}'),
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(text, async (rows) => {
        await readEveryWay(csvRecords({ maxRow: 20 }), `a,b\n${rows}`)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps a row of one empty field, and refuses what no field can hold', () => {
    expect(csvWriter({ columns: ['a'] }).record({ a: '' })).toBe('""\r\n')
    expect(csvWriter({ columns: ['a', 'b', 'c', 'd'] }).record({ a: 1.5, b: true, c: null, d: 7n })).toBe(
      '1.5,true,,7\r\n',
    )
    expect(() => csvWriter({ columns: ['a'] }).record({ a: { b: 1 } })).toThrow('a: text, a finite number or a boolean')
    expect(() => csvWriter({ columns: ['a', 'a'] })).toThrow('columns: names are expected, each once')
    expect(csvWriter({ columns: ['toString'] }).record({})).toBe('""\r\n')
  })
})

describe('a declaration', () => {
  it.each([
    [{ separator: '' }, 'separator: one of comma'],
    [{ maxRow: 0 }, 'maxRow: a whole number'],
    [{ columns: ['a', 'a'] }, 'columns: column 2 has the name of another'],
    [{ encoding: 'klingon' }, 'encoding: utf-8'],
  ])('%j is refused', (options, message) => {
    expect(() => csvRecords(options as CsvOptions)).toThrow(message)
  })
})
