import { describe, expect, it } from 'vitest'
import { type XmlOptions, xmlRecords } from '../../src/adapter/format/index.ts'
import { readAll, readEveryWay, said } from './pieces.ts'

const invoices: XmlOptions = {
  at: 'Invoices/Invoice',
  namespaces: { '': 'urn:invoice', c: 'urn:common' },
  lists: ['Line'],
  mixed: ['Note'],
}
const file = (...records: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Invoices xmlns="urn:invoice" xmlns:com="urn:common">\n${records.join('\n')}\n</Invoices>\n`

const values = async (options: XmlOptions, text: string | Uint8Array): Promise<readonly unknown[]> => {
  const { items, broken } = await readEveryWay(xmlRecords(options), text)
  return broken === undefined ? said(items) : [...said(items), { broken }]
}

describe('a record', () => {
  it('is its attributes, elements and text, by declared names', async () => {
    expect(
      await values(
        invoices,
        file(
          '<Invoice id="1" com:kind="a&amp;b"><com:ID>7</com:ID><Total currency="EUR">10.50</Total><Empty/></Invoice>',
          '<x:Invoice xmlns:x="urn:invoice"><y:ID xmlns:y="urn:common">\u00e4\u{1f600}</y:ID></x:Invoice>',
        ),
      ),
    ).toEqual([
      { '@id': '1', '@c:kind': 'a&b', 'c:ID': '7', Total: { '@currency': 'EUR', '#text': '10.50' }, Empty: '' },
      { 'c:ID': '\u00e4\u{1f600}' },
    ])
  })

  it('has lists where they are declared, and says what repeats elsewhere', async () => {
    expect(
      await values(
        invoices,
        file(
          '<Invoice><Line>1</Line></Invoice>',
          '<Invoice><com:ID>1</com:ID><com:ID>2</com:ID></Invoice>',
          '<Invoice><Line>1</Line><Total>3</Total><Line>2</Line></Invoice>',
        ),
      ),
    ).toEqual([
      { Line: ['1'] },
      'c:ID comes more than once in Invoice: name it in lists',
      { Line: ['1', '2'], Total: '3' },
    ])
  })

  it('keeps the order of mixed content where it is declared, and refuses it elsewhere', async () => {
    expect(
      await values(
        invoices,
        file(
          '<Invoice><Note>pay <b>now</b>, <b>please</b>!</Note></Invoice>',
          '<Invoice>\n <Total>1</Total> due </Invoice>',
          '<Invoice>due <Total>1</Total></Invoice>',
          '<Invoice><Note/></Invoice>',
          '<Invoice><Note>all</Note></Invoice>',
        ),
      ),
    ).toEqual([
      { Note: { '#mixed': ['pay ', { b: 'now' }, ', ', { b: 'please' }, '!'] } },
      'Invoice has text between its elements: name it in mixed',
      'Invoice has text between its elements: name it in mixed',
      { Note: '' },
      { Note: { '#mixed': ['all'] } },
    ])
  })

  it('reads CDATA, references and line ends as XML says', async () => {
    expect(
      await values(invoices, file('<Invoice>a<![CDATA[<b>&amp;]]>&lt;&#228;&#x1F600;&apos;\r\nz\r</Invoice>')),
    ).toEqual([`a<b>&amp;<\u00e4\u{1f600}'\nz\n`])
  })

  it('names what has no declared namespace in full', async () => {
    expect(
      await values(
        invoices,
        file('<Invoice xmlns:o="urn:other" o:a="1" xml:lang="de"><o:ID>1</o:ID><n xmlns="">2</n></Invoice>'),
      ),
    ).toEqual([{ '@{urn:other}a': '1', '@xml:lang': 'de', '{urn:other}ID': '1', '{}n': '2' }])
  })

  it('may be the whole document', async () => {
    expect(await values({ at: 'a' }, '<a x="1"><b>2</b></a>\n<!-- end -->\n')).toEqual([{ '@x': '1', b: '2' }])
  })

  it('may be empty, and is only where the path says', async () => {
    expect(await values({ at: 'r/a' }, '<r><b><a>no</a></b><a/><a> </a></r>')).toEqual(['', ' '])
  })

  it('keeps names that objects have already, and refuses __proto__', async () => {
    const [first, second, third] = await values(
      { at: 'r/a', lists: ['toString'] },
      '<r><a constructor="1"><constructor>2</constructor><toString>3</toString></a><a><__proto__>x</__proto__></a><a><b><__proto__/></b></a></r>',
    )
    expect(first).toEqual({ '@constructor': '1', constructor: '2', toString: ['3'] })
    expect(second).toBe('an element is called __proto__, which is refused')
    expect(third).toBe('an element is called __proto__, which is refused')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('says its line and where the next begins', async () => {
    const { items } = await readAll(xmlRecords({ at: 'r/a' }), '<r>\n<a\n>1</a>\n\n<a>2</a></r>')
    expect(items.map(({ record, line, next }) => ({ record, line, byte: next.byte }))).toEqual([
      { record: 1, line: 3, byte: 13 },
      { record: 2, line: 5, byte: 23 },
    ])
  })
})

describe('declared fields', () => {
  const text = file(
    '<Invoice id="1" b="2"><com:ID>7</com:ID><Line n="1"><Name>a</Name><Price>1</Price></Line><Line n="2"/><Note>x<b>y</b></Note></Invoice>',
  )
  const of = (...fields: readonly string[]): Promise<readonly unknown[]> => values({ ...invoices, fields }, text)

  it('are decoded with all that is in them, and nothing else is', async () => {
    expect(await of('c:ID', '@id')).toEqual([{ '@id': '1', 'c:ID': '7' }])
    expect(await of('Line/@n')).toEqual([{ Line: [{ '@n': '1' }, { '@n': '2' }] }])
    expect(await of('Line/Name')).toEqual([{ Line: [{ Name: 'a' }, {}] }])
    expect(await of('Note')).toEqual([{ Note: { '#mixed': ['x', { b: 'y' }] } }])
    expect(await of('Line')).toEqual([{ Line: [{ '@n': '1', Name: 'a', Price: '1' }, { '@n': '2' }] }])
    expect(await of('Absent')).toEqual([{}])
  })

  it('do not hide what is broken elsewhere', async () => {
    const { broken } = await readAll(xmlRecords({ at: 'r/a', fields: ['b'] }), '<r><a><b/><c><d></c></a></r>')
    expect(broken).toBe('line 1, column 20, record 1: another close tag than the expected </d>')
    for (const inside of ['&nope;', '<x:y/>', ']]>', '\u0001', '<d e="1" e="2"/>', '<d e=1/>', '<d q:e="1"/>'])
      expect(
        (await readAll(xmlRecords({ at: 'r/a', fields: ['b'] }), `<r><a><c>${inside}</c></a></r>`)).broken,
      ).toBeDefined()
  })
})

describe('a broken document', () => {
  it('says where, after every record before it', async () => {
    const { items, broken } = await readEveryWay(xmlRecords({ at: 'r/a' }), '<r>\n<a>1</a>\n<a>2</b>\n<a>3</a></r>')
    expect(said(items)).toEqual(['1'])
    expect(broken).toBe('line 3, column 8, record 2: another close tag than the expected </a>')
  })

  it('never passes a record that did not end for a whole one', async () => {
    const { items, broken } = await readEveryWay(xmlRecords({ at: 'r/a' }), '<r><a>1</a><a><b>2</b></r>')
    expect(said(items)).toEqual(['1'])
    expect(broken).toContain('another close tag')
    expect((await readEveryWay(xmlRecords({ at: 'r/a' }), '<r><a>1</a><a>2')).items).toHaveLength(1)
    expect((await readEveryWay(xmlRecords({ at: 'r/a' }), '<r><a>1</a>')).broken).toContain('unclosed tag: r')
  })

  it('is also one with names that namespaces forbid', async () => {
    for (const inside of [
      '<p:b/>',
      '<b p:c="1"/>',
      '<b:/>',
      '<:b/>',
      '<p:b:c xmlns:p="urn:p"/>',
      '<p:1 xmlns:p="urn:p"/>',
      '<b xmlns:p="urn:p" xmlns:q="urn:p" p:x="1" q:x="2"/>',
      '<b xmlns:p=""/>',
      '<b xmlns:xml="urn:p"/>',
      '<b xmlns:p="http://www.w3.org/2000/xmlns/"/>',
    ])
      expect((await readAll(xmlRecords({ at: 'r/a' }), `<r><a>${inside}</a></r>`)).broken, inside).toContain('record 1')
  })

  it('stays broken', async () => {
    const intake = xmlRecords({ at: 'r/a' }).open(() => {})
    expect(() => intake.push(Buffer.from('<r></a>'))).toThrow('another close tag')
    expect(() => intake.push(Buffer.from('<r>'))).toThrow('another close tag')
    expect(() => intake.end()).toThrow('another close tag')
  })
})

describe('encodings', () => {
  const options = { at: 'r/a' }
  const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
    const bytes = Buffer.from(text, 'utf16le')
    return bigEndian ? bytes.swap16() : bytes
  }

  it('come from the mark, the first bytes, or the declaration', async () => {
    const text = '<r><a>\u00e4\u20ac\u{1f600}</a><a>2</a></r>'
    const expected = ['\u00e4\u20ac\u{1f600}', '2']
    expect(await values(options, `\uFEFF${text}`)).toEqual(expected)
    for (const bigEndian of [false, true]) {
      expect(await values(options, utf16(text, bigEndian))).toEqual(expected)
      expect(await values(options, utf16(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>${text}`, bigEndian))).toEqual(
        expected,
      )
    }
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r><a>\u00e4</a><a>2</a></r>', 'latin1')
    expect(await values(options, latin)).toEqual(['\u00e4', '2'])
  })

  it('are never guessed: other bytes are an error with their place', async () => {
    const bad = Buffer.concat([Buffer.from('<r>\n<a>1</a>\n<a>x'), Buffer.from([0xe4]), Buffer.from('</a></r>')])
    const { items, broken } = await readEveryWay(xmlRecords(options), bad)
    expect(said(items)).toEqual(['1'])
    expect(broken).toBe(
      'line 3, column 4, record 2: the bytes here are not utf-8: send the file in the encoding that it declares',
    )
    const cases = [
      Buffer.from('<?xml version="1.0" encoding="UTF-16"?><r/>'),
      Buffer.from('<?xml version="1.0" encoding="Shift_JIS"?><r/>'),
      Buffer.from('<?xml version="1.0" encoding="nonsense"?><r/>'),
      Buffer.concat([utf16('\uFEFF<r><a>', false), Buffer.from([0x00, 0xdc])]),
      Buffer.concat([Buffer.from('<r/>'), Buffer.from([0xc3])]),
      Buffer.from([]),
    ]
    for (const bytes of cases) expect((await readEveryWay(xmlRecords(options), bytes)).broken).toBeDefined()
  })
})

describe('a declaration', () => {
  it.each([
    [{ at: '' }, 'at: "" is not a path'],
    [{ at: 'a/@b' }, 'at: name elements only'],
    [{ at: 'p:a' }, 'at: the prefix "p" of "p:a" is not in namespaces'],
    [{ at: 'a', fields: ['q:b'] }, 'fields: the prefix "q"'],
    [{ at: 'a', lists: ['@b'] }, 'lists: "@b" must name elements only'],
    [{ at: 'a', namespaces: { 'a b': 'urn:x' } }, 'namespaces: "a b" is not a prefix'],
    [{ at: 'a', namespaces: { a: 'urn:x', b: 'urn:x' } }, 'namespaces: "urn:x" has two prefixes'],
    [{ at: 'a', namespaces: { a: '' } }, 'namespaces: "a" needs the address'],
    [{ at: 'a', limits: { depth: 0 } }, 'limits.depth: a whole number above 0'],
  ] as const)('%j is refused', (options, message) => {
    expect(() => xmlRecords(options as XmlOptions)).toThrow(message)
  })
})
