// Own process of one reading. argv: variant, file. Tells its parent how long it took, how many records it saw, and its greatest memory.
import { createReadStream } from 'node:fs'
import { SaxesParser } from 'saxes'
import { csvRecords, type Format, readBatches, type XmlOptions, xmlRecords } from 'tieline/format'
import { type BaseParse, initParser } from 'udsv'

export interface Ran {
  readonly seconds: number
  /** Of the processor, on all cores: on a busy machine a truer figure than the time. */
  readonly cpuSeconds: number
  readonly records: number
  readonly peakMb: number
}

const [variant = '', file = ''] = process.argv.slice(2)
const chunks = (): AsyncIterable<Buffer> => createReadStream(file, { highWaterMark: 65_536 })

const invoices: XmlOptions = {
  at: 'i:Invoices/i:Invoice',
  namespaces: { i: 'urn:example:invoice', c: 'urn:example:common' },
  lists: ['c:Line'],
}
const fields = ['c:ID', 'c:IssueDate', 'c:Currency', 'c:Buyer/c:Name', 'c:Buyer/c:VAT', 'c:Total', '@status']

async function ours<T>(format: Format<T>): Promise<number> {
  let records = 0
  for await (const items of readBatches(format, chunks()))
    for (const item of items) {
      if (item.as === 'fault') throw new Error(item.fault)
      records++
    }
  return records
}

async function saxes(xmlns: boolean): Promise<number> {
  const parser = new SaxesParser({ xmlns })
  const decoder = new TextDecoder()
  let records = 0
  let events = 0
  const count = (): void => {
    events++
  }
  parser.on('opentag', ({ name }) => {
    events++
    if (name === 'inv:Invoice') records++
  })
  for (const event of ['closetag', 'text', 'attribute', 'cdata'] as const) parser.on(event, count)
  for await (const chunk of chunks()) parser.write(decoder.decode(chunk, { stream: true }))
  parser.close()
  if (events < records) throw new Error('no events')
  return records
}

async function udsv(): Promise<number> {
  const cols = ['id', 'customer', 'email', 'amount', 'currency', 'note'].map((name) => ({
    name,
    type: 's' as const,
    repl: {},
  }))
  // `skip` is the header row; the declared type leaves it out.
  const schema = { skip: 1, col: ',', row: '\n', encl: '"', esc: '"', trim: false, cols }
  const parser = initParser(schema as unknown as Parameters<typeof initParser>[0])
  const decoder = new TextDecoder()
  const objects = parser.stringObjs as BaseParse<unknown>
  let records = 0
  for await (const chunk of chunks())
    parser.chunk(decoder.decode(chunk, { stream: true }), objects, () => {
      records++
    })
  parser.end()
  return records
}

const VARIANTS: Readonly<Record<string, () => Promise<number>>> = {
  'xml-tieline': () => ours(xmlRecords(invoices)),
  'xml-declared-fields': () => ours(xmlRecords({ ...invoices, fields })),
  'xml-bare-parser': () => saxes(true),
  'xml-bare-parser-without-namespaces': () => saxes(false),
  'csv-tieline': () => ours(csvRecords()),
  'csv-bare-parser': udsv,
}

const before = process.cpuUsage()
const began = performance.now()
const records = (await VARIANTS[variant]?.()) ?? 0
const seconds = (performance.now() - began) / 1_000
const { user, system } = process.cpuUsage(before)
const peakMb = Math.round(process.resourceUsage().maxRSS / 1_024)
process.send?.({ seconds, cpuSeconds: (user + system) / 1_000_000, records, peakMb } satisfies Ran)
process.disconnect?.()
