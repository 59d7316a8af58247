// Two declarations, and what they make of one document. As a process of its own, argv: the folder of their modules, or nothing.
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { contract } from '../../src/declare/contract/contract.ts'
import { upper } from '../../src/declare/mapping/codec/letter-case.ts'
import { mapping } from '../../src/declare/mapping/mapping.ts'
import type { MappingModule } from '../../src/declare/mapping/module.ts'
import { skip } from '../../src/declare/mapping/skipped.ts'
import { split } from '../../src/declare/mapping/split.ts'
import { required } from '../../src/declare/mapping/word/absence.ts'
import { text } from '../../src/declare/mapping/word/constant.ts'
import { endpoint, source } from '../../src/declare/source/source.ts'

interface Order {
  readonly no: string
  readonly lines: readonly { readonly sku: string | null }[]
}

const from = source<Order>({ endpoint: endpoint({ name: 'shop', scheme: 'github', read: () => [] }), type: 'order' })
const One = contract('one', { version: 1, schema: z.object({ id: z.string() }), key: ({ id }) => id })

export const one = mapping('one', {
  from,
  to: One,
  fields: (order) => ({ id: upper(order.no) }),
  overrides: { acme: (order) => ({ id: text`acme-\u2028${order.no}` }) },
})

export const many = split('many', {
  from,
  to: One,
  list: (order) => order.lines,
  fields: (line) => ({ id: required(line.sku, skip('no article')) }),
})

export const made = (): unknown => {
  const order: Order = { no: 'a-1', lines: [{ sku: 'x' }, { sku: null }] }
  return [one.run(order), one.run(order, { tenant: 'acme' }), many.run(order)]
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2)
  let fromStrings = true
  try {
    new Function('')
  } catch {
    fromStrings = false
  }
  if (folder !== undefined) {
    for (const each of [one, many]) {
      each.adopt((await import(pathToFileURL(`${folder}/${each.name}.mjs`).href)) as MappingModule)
    }
  }
  process.stdout.write(JSON.stringify({ fromStrings, made: made() }))
}
