import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { TielineError } from '../../../src/core/error.ts'
import { contract } from '../../../src/declare/contract/contract.ts'
import { decimalText } from '../../../src/declare/mapping/codec/decimal-text.ts'
import { lookup, unmapped } from '../../../src/declare/mapping/codec/lookup.ts'
import { compile } from '../../../src/declare/mapping/compile.ts'
import { interpreted } from '../../../src/declare/mapping/interpret.ts'
import { mapping } from '../../../src/declare/mapping/mapping.ts'
import { Skipped } from '../../../src/declare/mapping/skipped.ts'
import { only } from '../../../src/declare/mapping/word/narrow.ts'
import { endpoint, source } from '../../../src/declare/source/source.ts'
import {
  at,
  derive,
  enumOf,
  epochMillis,
  epochSeconds,
  fallback,
  fixed,
  is,
  lower,
  minorUnits,
  optional,
  present,
  required,
  STRIPE_DIGITS,
  skip,
  text,
  trim,
  upper,
  when,
} from '../../../src/index.ts'
import { mutateJson } from '../mutate/json.ts'
import { type AnyTarget, target } from '../target.ts'

interface Order {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly created: number
  readonly status: 'open' | 'paid' | null
  readonly customer: { readonly name: string; readonly email?: string } | null
  readonly metadata: Readonly<Record<string, string>>
  readonly lines: readonly { readonly sku: string; readonly n: number; readonly at?: number }[]
  readonly weight: string
  readonly country: string
  readonly pay: { readonly type: 'card'; readonly brand: string } | { readonly type: 'debit'; readonly iban: string }
  readonly parcels: readonly { readonly carrier: string; readonly items: readonly string[] | null }[]
}

const ORDER: Order = {
  id: 'o_1',
  amount: 1050,
  currency: 'eur',
  created: 1_788_000_000,
  status: 'paid',
  customer: { name: ' Zoë ', email: 'Z@Example.com' },
  metadata: { order_id: '7' },
  lines: [
    { sku: 'a', n: 1, at: 1_788_000_000_000 },
    { sku: 'b', n: 2 },
  ],
  weight: '1.250',
  country: 'CH',
  pay: { type: 'card', brand: 'visa' },
  parcels: [
    { carrier: 'post', items: ['a', 'b'] },
    { carrier: 'van', items: null },
  ],
}

/** Every word and codec once. */
const everyWord = mapping('every-word', {
  from: source<Order>({ endpoint: endpoint({ name: 'shop', scheme: 'github', read: () => [] }), type: 'order' }),
  to: contract('any', { version: 1, schema: z.any(), key: () => '' }),
  fields: (order) => ({
    id: required(order.id, skip('no id')),
    amount: minorUnits(order.amount, order.currency, STRIPE_DIGITS),
    currency: upper(order.currency),
    at: epochSeconds(order.created),
    status: enumOf(order.status, { open: 'OPEN', paid: 'PAID' }),
    customer: {
      name: trim(order.customer.name),
      email: optional(lower(order.customer.email)),
      own: at(order.metadata, 'constructor'),
    },
    reference: fallback(at(order.metadata, 'order_id'), 'none', 'old orders'),
    first: optional(at(order.lines, 0)),
    label: text`Order ${order.id} of ${order.created}`,
    paid: when(is(order.status, 'paid'), fixed('yes', 'it is'), fixed('no', 'it is not')),
    known: present(order.customer),
    count: derive(order.lines, 'how many', (lines) => (Array.isArray(lines) ? lines.length : 0)),
    grams: decimalText(order.weight, 3),
    region: lookup(order.country, { CH: 'europe', US: 'america' }, { otherwise: fixed('other', 'a test') }),
    area: lookup(order.country, { CH: 1 }, { otherwise: unmapped('a test') }),
    brand: only(order.pay, 'type', 'card').brand,
    posted: order.parcels
      .where((parcel) => is(parcel.carrier, 'post'), 'a test')
      .each((parcel, place) => ({ place, of: parcel.carrier })),
    items: order.parcels.flat((parcel) => parcel.items.each((item) => text`${parcel.carrier} ${item}`)),
    lines: order.lines.each((line) => ({ sku: line.sku, n: line.n, at: optional(epochMillis(line.at)), of: order.id })),
  }),
})
const compiled = compile(everyWord.node)
const walked = interpreted(everyWord.node)
const NAMES = [
  'id',
  'amount',
  'currency',
  'at',
  'status',
  'customer',
  'reference',
  'first',
  'label',
  'paid',
  'known',
  'count',
  'grams',
  'region',
  'area',
  'brand',
  'posted',
  'items',
  'lines',
]

export const mappings: AnyTarget = target<{ readonly document: unknown }, 'agrees' | 'refuses' | 'shape' | 'own'>({
  name: 'mapping',
  about: 'every word and codec of a mapping, with documents that are not what their type says',
  laws: {
    agrees: 'the compiled mapping gives what the interpreter gives: a value, a skip, or a fault',
    refuses: 'a fault is MAPPING_FAILED, naming the field in one bounded line',
    shape: 'what comes out has the declared fields and no others',
    own: 'a function never comes out: names that every value has count only where they were sent',
  },
  make: (chance) => ({ document: chance.once(50) ? ORDER : mutateJson(chance, ORDER) }),
  check({ document }, broken) {
    const [found, wanted] = [tried(compiled, document), tried(walked, document)]
    if (!isDeepStrictEqual(found, wanted)) broken('agrees', `${said(found)}, not ${said(wanted)}`)
    try {
      const made = everyWord.run(document as Order)
      if (made instanceof Skipped) return
      const names = Object.keys(made as object).filter((name) => name !== 'first')
      if (names.join() !== NAMES.filter((name) => name !== 'first').join()) broken('shape', names.join())
      if (hasFunction(made)) broken('own')
    } catch (thrown) {
      if (!(thrown instanceof TielineError)) throw thrown
      const line = /^mapping every-word: (?:field [^\n]{1,200}: )?[^\n]{0,300}$/.test(thrown.message)
      if (thrown.code !== 'MAPPING_FAILED' || !line) broken('refuses', thrown.message)
    }
  },
})

function tried(run: (document: unknown) => unknown, document: unknown): unknown {
  try {
    const value = run(document)
    return value instanceof Skipped ? { skipped: value.why } : { value }
  } catch {
    return 'a fault'
  }
}

function hasFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function'
  return Object.values(value).some(hasFunction)
}

function said(outcome: unknown): string {
  return (JSON.stringify(outcome) ?? String(outcome)).slice(0, 500)
}
