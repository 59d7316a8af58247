import { describe, expect, it } from 'vitest'
import { type Good, type XmlValue, xmlRecords, xsd } from '../../src/adapter/format/index.ts'
import { readEveryWay } from './pieces.ts'

const schema = (
  location = '../common/c.xsd',
): string => `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:c"
  targetNamespace="urn:i" elementFormDefault="qualified">
<xs:import namespace="urn:c" schemaLocation="${location}"/>
<xs:element name="Invoice"><xs:complexType><xs:sequence>
  <xs:element name="Count" type="xs:int"/><xs:element ref="c:Due"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>`
const common =
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:c"><xs:element name="Due" type="xs:date"/></xs:schema>'
const options = { name: 'main/i.xsd', schemas: { 'common/c.xsd': common } }
const invoice = (count: string): string =>
  `<Invoice xmlns="urn:i">\n<Count>${count}</Count>\n<d:Due xmlns:d="urn:c">2026-01-31</d:Due></Invoice>`

describe('an XSD', () => {
  it('says nothing of a valid document, and the line of what is wrong in another', async () => {
    using compiled = await xsd(schema(), options)
    expect(compiled.check(invoice('1'))).toEqual([])
    expect(compiled.check(Buffer.from(invoice('1')))).toEqual([])
    expect(compiled.check(invoice('x'))).toEqual([
      { line: 2, message: "Element '{urn:i}Count': 'x' is not a valid value of the atomic type 'xs:int'." },
    ])
    expect(compiled.check('<Invoice xmlns="urn:i">\n<Count>')).toMatchObject([{ line: 2 }])
    expect(compiled.check('<Other/>')).toHaveLength(1)
  })

  it('checks each record of a stream, by the line of the file', async () => {
    const file = `<?xml version="1.0"?>\n<b:Batch xmlns:b="urn:b" xmlns="urn:i" xmlns:d="urn:c">\n${[
      '1',
      'x',
      '2',
      '<![CDATA[7]]>',
    ]
      .map((count) => `<Invoice\n>\n<Count>${count}</Count><d:Due>2026-01-31</d:Due>\n</Invoice>`)
      .join('\n')}</b:Batch>`
    using compiled = await xsd(schema(), options)
    const records = xmlRecords({ at: 'b:Batch/Invoice', namespaces: { b: 'urn:b', '': 'urn:i' }, source: true })
    const { items } = await readEveryWay(records, file)
    expect(items.map((item) => compiled.check((item as Good<XmlValue>).source ?? ''))).toMatchObject([
      [],
      [{ line: 9 }],
      [],
      [],
    ])
  })

  it('reads neither files nor the network, for a schema or a document', async () => {
    for (const location of ['file:///etc/passwd', '/etc/passwd', 'http://127.0.0.1:1/c.xsd', 'other.xsd'])
      await expect(xsd(schema(location), options), location).rejects.toThrow('the schema cannot be used')
    using compiled = await xsd(schema(), options)
    const hinted = invoice('1').replace(
      '<Invoice ',
      '<Invoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:o file:///etc/passwd" ',
    )
    expect(compiled.check(hinted)).toEqual([])
    const external = `<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>${invoice('&x;')}`
    expect(compiled.check(external)).toEqual([{ line: 1, message: 'the document has a DTD, which is refused' }])
  })

  it('is bounded: size, depth, entities, issues', async () => {
    using compiled = await xsd(schema(), { ...options, maxBytes: 2_000_000 })
    expect(() => compiled.check('x'.repeat(2_000_001))).toThrow('at most 2000000 are checked at once')
    expect(compiled.check('<a>'.repeat(100_000))).toMatchObject([
      { message: expect.stringContaining('Excessive depth') },
    ])
    const laughs = [...'bcdefghij'].map((x, i) => `<!ENTITY ${x} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')
    expect(compiled.check(`<!DOCTYPE Invoice [<!ENTITY a "lol">${laughs}]>${invoice('&j;')}`)).toHaveLength(1)
    expect(
      compiled.check(`<Invoice xmlns="urn:i">${'<Count>x</Count>'.repeat(500)}</Invoice>`).length,
    ).toBeLessThanOrEqual(100)
  })

  it('that is none is refused with its line', async () => {
    await expect(xsd('<xs:schema')).rejects.toThrow('the schema cannot be used: line 1')
    await expect(xsd('<a/>')).rejects.toThrow('the schema cannot be used')
    await expect(xsd(schema())).rejects.toThrow('the schema cannot be used')
  })
})
