import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  csvRecords,
  csvWriter,
  fixedRecords,
  ndjsonRecords,
  type Place,
  readRecords,
  writeRecords,
  xmlRecords,
  xmlWriter,
  xsd,
} from 'tieline/format'

// #region xml
export const invoices = xmlRecords({
  at: 'inv:Batch/inv:Invoice',
  namespaces: { inv: 'urn:example:invoice', c: 'urn:example:common' },
  lists: ['c:Line'],
  /** Only these are decoded. Leave it out for all. */
  fields: ['c:ID', 'c:Buyer/c:Name', 'c:Line', 'c:Total', '@status'],
})
// #endregion

// #region read
export async function importInvoices(
  path: string,
  from: Place | undefined,
  store: (invoice: unknown, next: Place) => Promise<void>,
): Promise<readonly string[]> {
  const faults: string[] = []
  const file = createReadStream(path, { start: from?.byte ?? 0 })
  for await (const item of readRecords(invoices, file, from)) {
    if (item.as === 'record') await store(item.value, item.next)
    else faults.push(`record ${item.record}, line ${item.line}: ${item.fault}`)
  }
  return faults
}
// #endregion

// #region csv
export const customers = csvRecords({ required: ['id', 'email'], formulas: 'mark' })
// #endregion

// #region others
export const events = ndjsonRecords({ maxLine: 262_144 })

export const stock = fixedRecords({
  columns: [
    { name: 'sku', width: 12 },
    { name: 'quantity', width: 8, align: 'right', pad: '0' },
  ],
  encoding: 'iso-8859-1',
})
// #endregion

// #region write
export async function exportOrders(
  path: string,
  orders: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const writer = csvWriter({ columns: ['id', 'total', 'note'], separator: ';', bom: true })
  await pipeline(Readable.from(writeRecords(writer, orders)), createWriteStream(path))
}

export const orderFile = xmlWriter({ at: 'o:Orders/o:Order', namespaces: { o: 'urn:example:order' } })
// #endregion

// #region xsd
export async function wrongIn(document: Uint8Array, schema: string, common: string): Promise<readonly string[]> {
  using compiled = await xsd(schema, { name: 'main/invoice.xsd', schemas: { 'common/types.xsd': common } })
  return compiled.check(document).map(({ line, message }) => `line ${line}: ${message}`)
}
// #endregion
