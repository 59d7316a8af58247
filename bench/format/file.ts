import { closeSync, openSync, writeSync } from 'node:fs'
import { randomFrom } from './random.ts'

/** Writes a file of about so many bytes, the same every time, and says how many records it has. */
export function writeFile(format: 'xml' | 'csv', path: string, bytes: number): number {
  const fd = openSync(path, 'w')
  const random = randomFrom(7)
  const record = format === 'xml' ? invoice : row
  let records = 0
  let written = 0
  let text = format === 'xml' ? HEAD : 'id,customer,email,amount,currency,note\n'
  const flush = (): void => {
    written += writeSync(fd, text)
    text = ''
  }
  while (written + text.length < bytes) {
    text += record(++records, random)
    if (text.length > 1_000_000) flush()
  }
  if (format === 'xml') text += '</inv:Invoices>\n'
  flush()
  closeSync(fd)
  return records
}

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<inv:Invoices xmlns:inv="urn:example:invoice" xmlns:c="urn:example:common">\n'

const NAMES = ['Müller & Söhne', 'Acme', 'Ångström', 'Fabrikam <Nord>', 'Contoso', 'Žižkov s.r.o.']
const pick = (random: () => number): string => NAMES[Math.floor(random() * NAMES.length)] as string
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function invoice(n: number, random: () => number): string {
  const lines = Array.from({ length: 3 + Math.floor(random() * 5) }, (_, i) => {
    const amount = (random() * 1_000).toFixed(2)
    return `    <c:Line id="${i + 1}">
      <c:Item sku="SKU-${Math.floor(random() * 9_999)}"><c:Description><![CDATA[Part <${i}> & more]]></c:Description></c:Item>
      <c:Quantity unit="EA">${1 + Math.floor(random() * 20)}</c:Quantity>
      <c:Amount currency="EUR">${amount}</c:Amount>
    </c:Line>
`
  })
  return `  <inv:Invoice id="INV-${n}" status="open">
    <!-- exported by the billing system -->
    <c:ID>${n}</c:ID>
    <c:IssueDate>2026-0${1 + (n % 9)}-15</c:IssueDate>
    <c:Currency>EUR</c:Currency>
    <c:Buyer><c:Name>${escaped(pick(random))}</c:Name><c:Country>DE</c:Country><c:VAT>DE${100_000_000 + n}</c:VAT></c:Buyer>
    <c:Seller><c:Name>${escaped(pick(random))}</c:Name><c:Country>SE</c:Country><c:VAT>SE${200_000_000 + n}</c:VAT></c:Seller>
    <c:Note>Payable within 30 days. Interest of 9 % per year is charged on what is paid later than that.</c:Note>
${lines.join('')}    <c:Total currency="EUR">${(random() * 10_000).toFixed(2)}</c:Total>
  </inv:Invoice>
`
}

function row(n: number, random: () => number): string {
  const note = random() < 0.3 ? `"said ""yes"", then ${pick(random)}"` : 'no remark'
  return `${n},"${pick(random)}",buyer${n}@example.com,${(random() * 10_000).toFixed(2)},EUR,${note}\n`
}
