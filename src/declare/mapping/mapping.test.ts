import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TielineError } from '../../core/error.ts'
import { contract } from '../contract/contract.ts'
import { endpoint, type Source, source } from '../source/source.ts'
import { derive } from './codec/derive.ts'
import { enumOf } from './codec/enum-of.ts'
import { epochMillis, epochSeconds } from './codec/epoch.ts'
import { lower, trim, upper } from './codec/letter-case.ts'
import { minorUnits, STRIPE_DIGITS } from './codec/minor-units.ts'
import { mapping } from './mapping.ts'
import { invalid } from './recorder.ts'
import type { Ref } from './reference.ts'
import { Skipped, skip } from './skipped.ts'
import { fallback, optional, required } from './word/absence.ts'
import { is, not, present, when } from './word/choice.ts'
import { fixed, text } from './word/constant.ts'
import { drop } from './word/drop.ts'
import { at } from './word/position.ts'

interface Invoice {
  readonly id: string
  readonly name: string | null
  readonly amount: number
  readonly currency: string
  readonly created: number | null
  readonly status: 'open' | 'paid'
  readonly customer: { readonly email?: string; readonly address: { readonly city: string } | null } | null
  readonly lines:
    | readonly { readonly sku: string; readonly note: string | null; readonly parts: readonly string[] }[]
    | null
  readonly metadata: Readonly<Record<string, string>>
}

const invoice: Invoice = {
  id: 'in_1',
  name: ' Ada ',
  amount: 1050,
  currency: 'eur',
  created: 1_700_000_000,
  status: 'paid',
  customer: { email: 'Ada@Example.com', address: { city: 'London' } },
  lines: [
    { sku: 'a', note: null, parts: ['x', 'y'] },
    { sku: 'b', note: 'fragile', parts: [] },
  ],
  metadata: { order_id: 'o_1' },
}

const from: Source<Invoice> = source<Invoice>({
  endpoint: endpoint({ name: 'billing', scheme: 'standard-webhooks', read: () => [] }),
  type: 'invoice.paid',
})
const Anything = contract('anything', { version: 1, schema: z.unknown(), key: () => '' })

/** A mapping of these fields, past the types: what is tested here is what happens when it runs. */
const of = (fields: (invoice: Ref<Invoice>) => unknown): ((source: unknown) => unknown) =>
  mapping('under-test', { from, to: Anything, fields: fields as never }).run as (source: unknown) => unknown

const mapped = (fields: (invoice: Ref<Invoice>) => unknown, change: object = {}): unknown =>
  of(fields)({ ...invoice, ...change })

const faultOf = (run: () => unknown): TielineError => {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof TielineError) return thrown
  }
  throw invalid('no TielineError was thrown')
}

describe('words', () => {
  it('reads nested fields, null through a null, and nothing from what is not there', () => {
    const fields = (s: Ref<Invoice>) => ({ city: s.customer.address.city })
    expect(mapped(fields)).toStrictEqual({ city: 'London' })
    expect(mapped(fields, { customer: { address: null } })).toStrictEqual({ city: null })
    expect(mapped(fields, { customer: 'cus_1' })).toStrictEqual({ city: undefined })
    expect(of(fields)(null)).toStrictEqual({ city: null })
  })

  it('changes text', () =>
    expect(mapped((s) => ({ a: upper(s.currency), b: lower(s.customer.email), c: trim(s.name) }))).toStrictEqual({
      a: 'EUR',
      b: 'ada@example.com',
      c: 'Ada',
    }))

  it('lets null and absence through conversions', () =>
    expect(
      mapped((s) => ({ a: upper(s.name), b: epochSeconds(s.created), c: lower(s.customer.email) }), {
        name: null,
        created: null,
        customer: {},
      }),
    ).toStrictEqual({ a: null, b: null, c: undefined }))

  it('writes instants', () =>
    expect(mapped((s) => ({ a: epochSeconds(s.created), b: epochMillis(s.created) }), { created: -1.5 })).toStrictEqual(
      {
        a: '1969-12-31T23:59:58.500Z',
        b: '1969-12-31T23:59:59.999Z',
      },
    ))

  it('writes amounts with the digits of their currency', () => {
    const fields = (s: Ref<Invoice>) => ({
      iso: minorUnits(s.amount, s.currency),
      own: minorUnits(s.amount, s.currency, STRIPE_DIGITS),
    })
    expect(mapped(fields)).toStrictEqual({ iso: '10.50', own: '10.50' })
    expect(mapped(fields, { currency: 'mga' })).toStrictEqual({ iso: '10.50', own: '1050' })
    expect(mapped(fields, { currency: 'ISK' })).toStrictEqual({ iso: '1050', own: '10.50' })
    expect(mapped(fields, { currency: 'kwd' })).toStrictEqual({ iso: '1.050', own: '1.050' })
  })

  it('looks up enums, whatever their keys are called', () => {
    expect(mapped((s) => ({ a: enumOf(s.status, { open: 'OPEN', paid: 'PAID' }) }))).toStrictEqual({ a: 'PAID' })
    expect(mapped((s) => ({ a: enumOf(s.name, { constructor: 1 }) }), { name: 'constructor' })).toStrictEqual({ a: 1 })
    expect(mapped((s) => ({ a: enumOf(s.status, { open: null, paid: false }) }))).toStrictEqual({ a: false })
  })

  it('chooses', () => {
    const fields = (s: Ref<Invoice>) => ({
      a: when(is(s.status, 'paid'), s.id, 'none'),
      b: when(present(s.name), 'named', fixed('nameless', 'nobody told us')),
      c: when(not(is(s.name, null)), upper(s.name), required(s.id)),
    })
    expect(mapped(fields)).toStrictEqual({ a: 'in_1', b: 'named', c: ' ADA ' })
    expect(mapped(fields, { status: 'open', name: null })).toStrictEqual({ a: 'none', b: 'nameless', c: 'in_1' })
  })

  it('computes only the arm that is taken', () =>
    expect(
      mapped((s) => ({ a: when(is(s.status, 'paid'), s.id, required(s.name)), b: s.name }), { name: null }),
    ).toStrictEqual({
      a: 'in_1',
      b: null,
    }))

  it('fills in, leaves out, insists', () => {
    const fields = (s: Ref<Invoice>) => ({
      a: fallback(s.customer.email, 'none', 'old accounts have no address'),
      b: optional(s.name),
      c: required(s.id),
      d: optional(s.customer.email),
    })
    expect(mapped(fields)).toStrictEqual({ a: 'Ada@Example.com', b: ' Ada ', c: 'in_1', d: 'Ada@Example.com' })
    expect(mapped(fields, { name: null, customer: null })).toStrictEqual({ a: 'none', c: 'in_1' })
    expect(JSON.stringify(mapped(fields))).toBe('{"a":"Ada@Example.com","b":" Ada ","c":"in_1","d":"Ada@Example.com"}')
  })

  it('sets messages aside with the one object made when it was declared', () => {
    const run = of((s) => ({ a: s.id, b: required(s.name, skip('nobody is named')) }))
    const [first, second] = [run({ ...invoice, name: null }), run({ ...invoice, name: undefined })]
    expect(first).toBeInstanceOf(Skipped)
    expect(first).toStrictEqual(new Skipped('nobody is named'))
    expect(second).toBe(first)
    expect(run(invoice)).toStrictEqual({ a: 'in_1', b: ' Ada ' })
  })

  it('walks lists, in lists too, and sets the whole message aside from within', () => {
    const fields = (s: Ref<Invoice>) => ({
      lines: s.lines.each((line) => ({
        sku: upper(line.sku),
        id: s.id,
        parts: line.parts.each((part) => text`${line.sku}-${part}`),
      })),
    })
    expect(mapped(fields)).toStrictEqual({
      lines: [
        { sku: 'A', id: 'in_1', parts: ['a-x', 'a-y'] },
        { sku: 'B', id: 'in_1', parts: [] },
      ],
    })
    expect(mapped(fields, { lines: null })).toStrictEqual({ lines: null })
    expect(
      mapped((s) => ({ l: s.lines.each((line) => ({ note: required(line.note, skip('a bare line')) })) })),
    ).toStrictEqual(new Skipped('a bare line'))
  })

  it('takes entries and elements', () =>
    expect(
      mapped((s) => ({
        a: at(s.metadata, 'order_id'),
        b: at(s.metadata, 'toString'),
        c: at(s.lines, 1).note,
        d: at(s.lines, 7).note,
      })),
    ).toStrictEqual({ a: 'o_1', b: undefined, c: 'fragile', d: undefined }))

  it('takes null out of a record or a list that is null', () =>
    expect(
      mapped((s) => ({ a: at(s.metadata, 'order_id'), b: at(s.lines, 1).note }), { metadata: null, lines: null }),
    ).toStrictEqual({ a: null, b: null }))

  it('derives, nulls included', () =>
    expect(
      mapped((s) => ({ a: derive(s.name, 'whether there is a name', (name) => name !== null) }), { name: null }),
    ).toStrictEqual({
      a: false,
    }))

  it('maps the whole document, and a single value', () => {
    expect(mapped((s) => s)).toStrictEqual(invoice)
    expect(mapped((s) => upper(s.currency))).toBe('EUR')
  })
})

describe('a fault', () => {
  it.each<[string, (s: Ref<Invoice>) => unknown, object, string]>([
    ['enum', (s) => ({ o: { status: enumOf(s.status, { open: 1, paid: 2 }) } }), { status: 'void' }, 'field o.status: enumOf has no entry for this value'],
    ['enum', (s) => ({ status: enumOf(s.status, { open: 1, paid: 2 }) }), { status: 'toString' }, 'field status: enumOf has no entry for this value'],
    ['missing', (s) => ({ a: s.id, b: required(s.name) }), { name: null }, 'field b: a required value is missing'],
    ['currency', (s) => ({ a: minorUnits(s.amount, s.currency) }), { currency: 'XXQ' }, 'field a: "XXQ" is not a listed currency'],
    ['currency', (s) => ({ a: minorUnits(s.amount, s.currency) }), { currency: null }, 'field a: the currency given is not a listed currency'],
    ['amount', (s) => ({ a: minorUnits(s.amount, s.currency) }), { amount: 10.5 }, 'field a: an amount in the smallest unit is a whole number up to 2^53'],
    ['instant', (s) => ({ a: epochSeconds(s.created) }), { created: 1e300 }, 'field a: an instant is a number that falls into the years 0000 to 9999'],
    ['instant', (s) => ({ a: epochSeconds(s.created) }), { created: '1700000000' }, 'field a: an instant is a number that falls into the years 0000 to 9999'],
    ['text', (s) => ({ a: upper(s.name) }), { name: 5 }, 'field a: upper takes text, not number'],
    ['template', (s) => ({ a: text`Hi ${s.id}` }), { id: { toString: 'x' } }, 'field a: text takes text and numbers, not object'],
    ['list', (s) => ({ a: s.lines.each((l) => ({ b: l.sku })) }), { lines: { length: 1e9 } }, 'field a: a list was expected, not object'],
    ['list', (s) => ({ a: s.lines.each((l) => ({ b: l.sku })) }), { lines: 'abc' }, 'field a: a list was expected, not string'],
    ['item', (s) => ({ a: s.lines.each((l) => ({ b: required(l.note) })) }), {}, 'field a[0].b: a required value is missing'],
    ['derive', (s) => ({ a: derive(s.name, 'its length', (name) => (name as string).length) }), { name: null }, "field a: Cannot read properties of null (reading 'length')"],
  ])('names the field: %s', (_, fields, change, message) => {
    const fault = faultOf(() => mapped(fields, change))
    expect(fault.message).toBe(`mapping under-test: ${message}`)
    expect([fault.code, fault.disposition]).toStrictEqual(['MAPPING_FAILED', 'stop'])
  }) // biome-ignore format: one case a line

  it('still says what happened when a function fails the first time only', () => {
    let calls = 0
    const run = of((s) => ({
      a: derive(s.id, 'fails once', () => {
        calls++
        if (calls === 1) throw new Error('once')
      }),
    }))
    expect(faultOf(() => run(invoice)).message).toBe('mapping under-test: once')
  })
})

describe('a declaration', () => {
  const declared =
    (fields: (s: never) => unknown): (() => unknown) =>
    () =>
      mapping('bad', { from, to: Anything, fields: fields as never })

  it.each<[RegExp, (s: Ref<Invoice>) => unknown]>([
    [/id has no value yet, so it cannot be compared or put into a string; use is/, (s) => ({ a: `${s.id}` })],
    [/cannot be compared or put into a string/, (s) => ({ a: Number(s.amount) + 1 })],
    [/customer\.email\.toUpperCase has no value yet, so it cannot be called; use a word such as upper/, (s) => ({ a: (s.customer.email as unknown as string).toUpperCase() })],
    [/customer has no value yet, so it cannot be spread; name each field/, (s) => ({ ...s.customer })],
    [/customer has no value yet, so it cannot be written/, (s) => { (s.customer as unknown as { email: string }).email = 'x' }],
    [/metadata has no value yet, so it cannot be searched; use present/, (s) => 'order_id' in s.metadata],
    [/lines\.toJSON has no value yet, so it cannot be called/, (s) => ({ a: JSON.stringify(s.lines) })],
    [/a field called __proto__ is refused/, (s) => ({ a: Reflect.get(s, '__proto__') })],
    [/a field called __proto__ is refused/, (s) => ({ ['__proto__']: s.id })],
    [/a field called __proto__ is refused/, (s) => ({ a: at(s.metadata, '__proto__') })],
    [/field a\.b: it is undefined; leave it out, or use optional/, () => ({ a: { b: undefined } })],
    [/field a: a list is made from a list/, () => ({ a: [1, 2] })],
    [/field a: a function is declared with its sentence/, () => ({ a: () => 1 })],
    [/field a: use a reference, a word, a constant/, () => ({ a: Number.NaN })],
    [/field a: use a reference, a word, a constant/, () => ({ a: new Map() })],
    [/field a: use a reference, a word, a constant/, () => ({ a: 5n })],
    [/at most 64 levels deep/, () => { const a: Record<string, unknown> = {}; a['a'] = a; return a }],
    [/a field is named by a string/, (s) => ({ [Symbol('a')]: s.id })],
    [/optional\(…\) is the outermost word/, (s) => ({ a: upper(optional(s.name) as never) })],
    [/the whole target cannot be optional/, (s) => optional(s.name)],
    [/enumOf: open: use a string/, (s) => ({ a: enumOf(s.status, { open: {} as never, paid: 1 }) })],
    [/currency digits "eur"/, (s) => ({ a: minorUnits(s.amount, 'EUR', { eur: 2 }) })],
    [/fallback: say why/, (s) => ({ a: fallback(s.name, 'x', ' ') })],
    [/skip: say why/, (s) => ({ a: required(s.name, skip('')) })],
    [/required: the second argument is skip\('why'\)/, (s) => ({ a: required(s.name, 'none' as never) })],
    [/at: the key is/, (s) => ({ a: at(s.lines, -1) })],
  ])('is refused with what to write: %s', (message, fields) => {
    const fault = faultOf(declared(fields as (s: never) => unknown))
    expect(fault.message).toMatch(message)
    expect(fault.message).toMatch(/^mapping bad: /)
    expect(fault.code).toBe('DECLARATION_INVALID')
  }) // biome-ignore format: one case a line

  it('may not use a reference outside its list, nor of another mapping', () => {
    let kept: unknown
    const leak = (s: Ref<Invoice>) => ({ a: s.lines.each((line) => { kept = line.sku; return { b: line.sku } }), c: kept }) // biome-ignore format: short
    expect(faultOf(declared(leak as never)).message).toMatch(/a reference to lines\[\], outside its each is used here/)
    of((s) => {
      kept = s.id
      return { a: s.id }
    })
    expect(faultOf(declared(() => ({ a: kept }))).message).toMatch(
      /a reference to another mapping's source is used here/,
    )
  })

  it('drops references only', () => {
    const drops = (what: (s: Ref<Invoice>) => unknown) => () =>
      mapping('bad', { from, to: Anything, fields: (s) => ({ a: s.id }), drops: what as never })
    expect(faultOf(drops(() => [drop('why', 'name' as never)])).message).toMatch(
      /drop: name source fields by reference/,
    )
    expect(faultOf(drops((s) => [drop('', s.name)])).message).toMatch(/drop: say why/)
    expect(faultOf(drops(() => [drop('why')])).message).toMatch(/drop: name the fields/)
  })

  it('is frozen, and keeps fields that a function or an object has too', () => {
    interface Odd { readonly name: string; readonly length: number; readonly prototype: string; readonly constructor: string; readonly each: string } // biome-ignore format: short
    const odd = mapping('odd', {
      from: from as unknown as Source<Odd>,
      to: Anything,
      fields: ((s: Ref<Odd>) => ({
        name: s.name,
        length: s.length,
        prototype: s.prototype,
        constructor: s.constructor,
        each: s.each,
      })) as never,
    })
    const document = { name: 'n', length: 5, prototype: 'p', constructor: 'c', each: 'e' }
    expect(odd.run(document as unknown as Odd)).toStrictEqual(document)
    expect(odd.run({} as unknown as Odd)).toStrictEqual({
      name: undefined,
      length: undefined,
      prototype: undefined,
      constructor: undefined,
      each: undefined,
    })
    expect([odd, odd.node, odd.drops].every(Object.isFrozen)).toBe(true)
    expect(JSON.stringify(odd.node)).toContain('"keys":["constructor"]')
  })
})
