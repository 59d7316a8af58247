import { describe, expect, it } from 'vitest'
import { type Intake, type Item, type XmlLimits, type XmlValue, xmlRecords } from '../../src/adapter/format/index.ts'
import { readAll, readEveryWay, said } from './pieces.ts'

const records = (limits: XmlLimits = {}) => xmlRecords({ at: 'r/a', limits })

describe('hostile XML', () => {
  it('has no document type: no external entity, no bomb', async () => {
    const laughs = [...'bcdefghij'].map((x, i) => `<!ENTITY ${x} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')
    for (const doctype of [
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd">',
      `<!DOCTYPE r [<!ENTITY a "lol">${laughs}]>`,
      '<!DOCTYPE r>',
    ]) {
      const { items, broken } = await readEveryWay(records(), `${doctype}<r><a>&x;&j;</a></r>`)
      expect(items).toEqual([])
      expect(broken).toContain('a document type declaration, which is refused')
    }
  })

  it('has no entities but the five', async () => {
    expect((await readAll(records(), '<r><a>&nbsp;</a></r>')).broken).toContain('undefined entity')
    expect((await readAll(records(), '<r><a>&#0;</a></r>')).broken).toContain('malformed character entity')
    expect((await readAll(records(), '<r><a>&constructor;</a></r>')).broken).toContain('undefined entity')
  })

  it('is refused at 256 levels, before the other 99,744 are read', async () => {
    const taken: number[] = []
    const deep = Buffer.from(`<r>${'<a xmlns:p="urn:p">'.repeat(100_000)}`)
    const intake = records().open(() => {})
    expect(() => {
      for (let at = 0; at < deep.length; at += 1_000) {
        taken.push(at)
        intake.push(deep.subarray(at, at + 1_000))
      }
    }).toThrow('elements are nested deeper than 256')
    expect(taken.length).toBeLessThan(10)
    const { items } = await readAll(records(), `<r>${'<a>'.repeat(255)}${'</a>'.repeat(255)}</r>`)
    expect(items).toHaveLength(1)
  })

  it('names, attributes and texts have bounds, however they are cut', async () => {
    const small = { name: 10, attributes: 3, text: 20 }
    for (const [inside, message] of [
      [`<${'b'.repeat(11)}/>`, 'a name has more than 10'],
      [`<b ${'b'.repeat(11)}="1"/>`, 'a name has more than 10'],
      ['<b c="1" d="2" e="3" f="4"/>', 'an element has more than 3 attributes'],
      [`<b c="${'x'.repeat(21)}"/>`, 'a text, attribute or comment has more than 20'],
      ['x'.repeat(21), 'a text, attribute or comment has more than 20'],
      [`<![CDATA[${'x'.repeat(21)}]]>`, 'a text, attribute or comment has more than 20'],
    ] as const)
      for (const size of [1, 7, 65_536])
        expect((await readAll(records(small), `<r><a>${inside}</a></r>`, { size })).broken, inside).toContain(message)
    const fits = `<r><a b="${'x'.repeat(20)}">${'y'.repeat(20)}</a></r>`
    expect(said((await readEveryWay(records(small), fits)).items)).toEqual([
      { '@b': 'x'.repeat(20), '#text': 'y'.repeat(20) },
    ])
  })

  it('cannot make the reader hold what never ends', () => {
    const most = 100_000
    for (const endless of [
      '<r><a>',
      '<r><a b="',
      '<r><!--',
      '<r><?x ',
      '<r><a><![CDATA[',
      '<r><a',
      '<r><a>&',
      '<r>',
      '<r></',
      '<?xml ',
    ]) {
      const intake = records({ text: most }).open(() => {})
      intake.push(Buffer.from(endless))
      const piece = Buffer.alloc(10_000, 'x')
      let sent = 0
      expect(() => {
        for (; sent < 1_000_000; sent += piece.length) intake.push(piece)
      }, endless).toThrow()
      expect(sent, endless).toBeLessThanOrEqual(most + 20_000)
    }
  })

  it('a record that is too large is a fault, and the next is read', async () => {
    const large = `<a>${'<b>0123456789</b>'.repeat(20)}</a>`
    const { items } = await readEveryWay(
      xmlRecords({ at: 'r/a', lists: ['b'], limits: { record: 100 } }),
      `<r>${large}<a>1</a></r>`,
    )
    expect(said(items)).toEqual(['the record has more than 100 characters', '1'])
  })

  it('a million names are not kept', () => {
    const seen: Item<XmlValue>[] = []
    const intake: Intake = records().open((item) => seen.push(item))
    intake.push(Buffer.from('<r>'))
    for (let i = 0; i < 20_000; i++) intake.push(Buffer.from(`<a><n${i} xmlns:p${i}="urn:p${i}" p${i}:x="1"/></a>`))
    intake.push(Buffer.from('</r>'))
    intake.end()
    expect(seen).toHaveLength(20_000)
  })
})
