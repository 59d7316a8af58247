import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TielineError } from '../../core/error.ts'
import { contract } from '../contract/contract.ts'
import { endpoint, source } from '../source/source.ts'
import { decimalText } from './codec/decimal-text.ts'
import { enumOf } from './codec/enum-of.ts'
import { lookup, unmapped } from './codec/lookup.ts'
import { mappingRows } from './document.ts'
import { join } from './join.ts'
import { type Mapping, mapping } from './mapping.ts'
import type { Ref } from './reference.ts'
import { Skipped, skip } from './skipped.ts'
import { split } from './split.ts'
import { fallback, optional, required } from './word/absence.ts'
import { is, not, when } from './word/choice.ts'
import { fixed, text } from './word/constant.ts'
import { only } from './word/narrow.ts'

interface Order {
  readonly no: string
  readonly country: string | null
  readonly total: string
  readonly currency: string
  readonly pay:
    | { readonly type: 'card'; readonly brand: string }
    | { readonly type: 'debit'; readonly iban: string }
    | null
  readonly parcels: readonly {
    readonly carrier: string
    readonly gift?: boolean
    readonly items: readonly { readonly sku: string; readonly n: number }[] | null
  }[]
}

const ORDER: Order = {
  no: 'A-1',
  country: 'CH',
  total: '10.50',
  currency: 'EUR',
  pay: { type: 'card', brand: 'visa' },
  parcels: [
    { carrier: 'post', items: [{ sku: 'a', n: 1 }, { sku: 'b', n: 0 }] },
    { carrier: 'van', gift: true, items: [{ sku: 'c', n: 3 }] },
    { carrier: 'post', items: null },
  ],
} // biome-ignore format: short

const from = source<Order>({ endpoint: endpoint({ name: 'shop', scheme: 'github', read: () => [] }), type: 'order' })
const Anything = contract('anything', { version: 1, schema: z.unknown(), key: () => '' })

const of = (fields: (order: Ref<Order>) => unknown): Mapping<Order, unknown> =>
  mapping('under-test', { from, to: Anything, fields: fields as never })
const mapped = (fields: (order: Ref<Order>) => unknown, change: object = {}): unknown =>
  of(fields).run({ ...ORDER, ...change } as Order)

function faultOf(run: () => unknown): string {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof TielineError) return `${thrown.code} ${thrown.message}`
    throw thrown
  }
  return 'no fault'
}

describe('lists', () => {
  it('tell the place of an item, leave items behind with a reason, and become one', () => {
    const fields = (order: Ref<Order>) => ({
      carriers: order.parcels
        .where((p) => not(is(p.gift, true)), 'gifts go apart')
        .each((p, i) => text`${p.carrier} ${i}`),
      lines: order.parcels.flat((p, parcel) =>
        p.items
          .where((item) => not(is(item.n, 0)), 'nothing of it')
          .each((item, place) => ({ sku: item.sku, parcel, place, of: p.carrier })),
      ),
    })
    expect(mapped(fields)).toStrictEqual({
      carriers: ['post 0', 'post 2'],
      lines: [
        { sku: 'a', parcel: 0, place: 0, of: 'post' },
        { sku: 'c', parcel: 1, place: 0, of: 'van' },
      ],
    })
    expect(mapped(fields, { parcels: null })).toStrictEqual({ carriers: null, lines: null })
    expect(mappingRows(of(fields))).toMatchObject([
      {
        target: 'carriers',
        rule: 'for each item of parcels where not (parcels[].gift is true): "{parcels[].carrier} {place in parcels, from 0}"',
        why: ['gifts go apart'],
        lossy: expect.arrayContaining(['the items that stay behind']),
      },
      {
        target: 'lines[].sku',
        sources: ['parcels[].items[].sku', 'parcels[].items[].n'],
        rule: 'as it is, only items where not (parcels[].items[].n is 0)',
        why: ['nothing of it'],
      },
      { target: 'lines[].parcel', rule: 'place in parcels, from 0, only items where not (parcels[].items[].n is 0)' },
      { target: 'lines[].place' },
      { target: 'lines[].of', sources: ['parcels[].carrier', 'parcels[].items[].n'] },
    ])
  })

  it('keep several tests apart, and walks of one list', () =>
    expect(
      mapped((order) => {
        const posted = order.parcels.where((p) => is(p.carrier, 'post'), 'others go by themselves')
        return { a: posted.each((p) => ({ b: posted.each((q) => text`${p.carrier}${q.carrier}`) })) }
      }),
    ).toStrictEqual({ a: [{ b: ['postpost', 'postpost'] }, { b: ['postpost', 'postpost'] }] }))

  it('name the item that failed', () => {
    const fields = (order: Ref<Order>) => ({
      a: order.parcels.flat((p) => p.items.each((item) => ({ n: enumOf(item.sku as never, { a: 1, c: 2 }) }))),
    })
    expect(faultOf(() => mapped(fields))).toBe(
      'MAPPING_FAILED mapping under-test: field a[0][1].n: enumOf has no entry for this value',
    )
    const flat = (order: Ref<Order>) => ({ a: order.parcels.flat((p) => p.carrier as never) })
    expect(faultOf(() => mapped(flat))).toBe(
      'MAPPING_FAILED mapping under-test: field a[0]: a list was expected, not string',
    )
  })

  it('want a reason for what stays behind, and a place inside their own list', () => {
    expect(
      faultOf(() => of((o) => ({ a: o.parcels.where((p) => is(p.carrier, 'x'), ' ').each((p) => p.carrier) }))),
    ).toMatch(/DECLARATION_INVALID mapping under-test: where: say why/)
    let place: unknown
    expect(
      faultOf(() =>
        of((o) => ({
          a: o.parcels.each((p, i) => {
            place = i
            return p.carrier
          }),
          b: place,
        })),
      ),
    ).toMatch(/a reference to parcels\[\], outside its each is used here/)
  })
})

describe('a value of several kinds', () => {
  const fields = (order: Ref<Order>) => ({
    brand: optional(only(order.pay, 'type', 'card').brand),
    iban: fallback(only(order.pay, 'type', 'debit').iban, 'none', 'cards have none'),
    pay: when(is(order.pay.type, 'card'), { as: 'card', brand: only(order.pay, 'type', 'card').brand }, null),
  })

  it('is read as the kind that it is', () => {
    expect(mapped(fields)).toStrictEqual({ brand: 'visa', iban: 'none', pay: { as: 'card', brand: 'visa' } })
    expect(mapped(fields, { pay: { type: 'debit', iban: 'CH1', brand: 'not of this kind' } })).toStrictEqual({
      iban: 'CH1',
      pay: null,
    })
    for (const pay of [null, undefined, 'card', { brand: 'visa' }, { type: 'toString' }, [{ type: 'card' }]]) {
      expect(mapped(fields, { pay })).toStrictEqual({ iban: 'none', pay: null })
    }
  })

  it('is documented with what tells its kind', () =>
    expect(mappingRows(of(fields))[0]).toStrictEqual({
      target: 'brand',
      sources: ['pay.brand', 'pay.type'],
      rule: 'as it is where pay.type is "card", then left out when absent',
      why: [],
      lossy: ['values of another kind'],
    }))
})

describe('a lookup', () => {
  const REGIONS = { CH: 'EU', US: 'AMERICAS', constructor: 'odd' }

  it('finds entries, and says what becomes of the rest', () => {
    const fields = (order: Ref<Order>) => ({
      a: lookup(order.country, REGIONS, { otherwise: fixed('ELSEWHERE', 'we sell in Europe') }),
      b: optional(lookup(order.country, { CH: null, XX: 1 }, { otherwise: fixed(false, 'unknown') })),
    })
    expect(mapped(fields)).toStrictEqual({ a: 'EU' })
    expect(mapped(fields, { country: 'XX' })).toStrictEqual({ a: 'ELSEWHERE', b: 1 })
    expect(mapped(fields, { country: 'constructor' })).toStrictEqual({ a: 'odd', b: false })
    expect(mapped(fields, { country: 'toString' })).toStrictEqual({ a: 'ELSEWHERE', b: false })
    expect(mapped(fields, { country: null })).toStrictEqual({ a: null })
    expect(mapped(fields, { country: 5 })).toStrictEqual({ a: 'ELSEWHERE', b: false })
    expect(mappingRows(of(fields))[0]).toMatchObject({
      rule: 'CH → EU, US → AMERICAS, constructor → odd, otherwise "ELSEWHERE"',
      why: ['we sell in Europe'],
      lossy: ['values without an entry become the same'],
    })
  })

  it('makes a dead letter of the rest, and never shows the value', () => {
    const fields = (order: Ref<Order>) => ({
      to: { region: lookup(order.country, REGIONS, { otherwise: unmapped('sales opens countries one by one') }) },
    })
    expect(mapped(fields)).toStrictEqual({ to: { region: 'EU' } })
    expect(faultOf(() => mapped(fields, { country: 'Ada Lovelace' }))).toBe(
      'MAPPING_FAILED mapping under-test: field to.region: lookup has no entry for this value: sales opens countries one by one',
    )
    expect(mappingRows(of(fields))[0]?.why).toEqual(['sales opens countries one by one'])
  })

  it.each<[RegExp, () => unknown]>([
    [/lookup: otherwise is fixed\(constant, 'why'\) or unmapped/, () => of((o) => ({ a: lookup(o.country, {}, { otherwise: 'x' as never }) }))],
    [/lookup: otherwise is fixed/, () => of((o) => ({ a: lookup(o.country, {}, { otherwise: o.no as never }) }))],
    [/lookup: CH: use a string/, () => of((o) => ({ a: lookup(o.country, { CH: {} as never }, { otherwise: unmapped('x') }) }))],
    [/unmapped: say why/, () => unmapped('')],
    [/enumOf: say why/, () => of((o) => ({ a: enumOf(o.country, { CH: 1, DE: 1 } as never, '') }))],
  ])('is refused with what to write: %s', (message, declare) => expect(faultOf(declare)).toMatch(message)) // biome-ignore format: one case a line
})

describe('decimalText', () => {
  const minor = (total: unknown, currency: unknown = 'EUR'): unknown =>
    (mapped((o) => ({ a: decimalText(o.total, o.currency) }), { total, currency }) as { a: unknown }).a

  it('is exact, digit by digit', () => {
    expect(minor('10.50')).toBe(1050)
    expect(minor('10.5')).toBe(1050)
    expect(minor('+10')).toBe(1000)
    expect(minor('0.29')).toBe(29) // 0.29 * 100 is 28.999999999999996
    expect(minor('-1.13')).toBe(-113)
    expect(minor('-0.00')).toBe(0)
    expect(Object.is(minor('-0.00'), 0)).toBe(true)
    expect(minor('1.2300')).toBe(123)
    expect(minor('90071992547409.91')).toBe(Number.MAX_SAFE_INTEGER)
    expect(minor('1050', 'jpy')).toBe(1050)
    expect(minor('1.050', 'KWD')).toBe(1050)
    expect(minor(null)).toBeNull()
  })

  it.each([
    '', '.', '.5', '5.', '1e3', '0x10', ' 1', '1 ', '1,5', '--1', '1.2.3', '١', 'NaN', 'Infinity', '1.005', '90071992547409.92', '9'.repeat(41), 5, true, {}, ['1'],
  ])('refuses %j', (total) => {
    const fault = faultOf(() => minor(total))
    expect(fault).toMatch(/^MAPPING_FAILED mapping under-test: field a: (a decimal |an amount )/)
    if (typeof total === 'string' && total.trim().length > 2) expect(fault).not.toContain(total)
  }) // biome-ignore format: one list

  it('refuses a currency that is not listed, or is a number of digits', () => {
    for (const currency of ['XXQ', null, 2, 'constructor']) {
      expect(faultOf(() => minor('1.50', currency))).toMatch(/field a: the currency is not listed/)
    }
  })

  it('reads what people write', () => {
    const of = (options: object) => (total: string) => (mapped((o) => ({ a: decimalText(o.total, 2, options) }), { total }) as { a: number }).a // biome-ignore format: short
    expect(of({ point: ',', group: '.' })('1.234.567,89')).toBe(123_456_789)
    expect(of({ point: ',' })('1234,5')).toBe(123_450)
    expect(of({ group: ',' })('1,234.50')).toBe(123_450)
    expect(of({ group: '’' })('1’234')).toBe(123_400)
    expect(of({ group: ',' })('1234.50')).toBe(123_450)
    for (const wrong of ['1,23.50', '1234,567', ',123', '1,234,56']) {
      expect(faultOf(() => of({ group: ',' })(wrong))).toMatch(
        /a decimal is text of digits, with \. before its fraction/,
      )
    }
  })

  it.each<[RegExp, unknown, object]>([
    [/the number of digits is a whole number from 0 to 12/, 1.5, {}],
    [/the number of digits/, -1, {}],
    [/point is '\.' or ','/, 2, { point: ';' }],
    [/group is a comma, a point, an apostrophe or a space, and not the point/, 2, { point: ',', group: ',' }],
    [/group is/, 2, { group: 'x' }],
  ])('is refused with what to write: %s', (message, unit, options) =>
    expect(faultOf(() => of((o) => ({ a: decimalText(o.total, unit as never, options) })))).toMatch(message),
  )
})

describe('a mapping of several documents', () => {
  const Customer = contract('customer', { version: 1, schema: z.object({ tier: z.string() }), key: () => '' })
  const both = mapping('both', {
    from: join({ order: from, customer: Customer }),
    to: Anything,
    fields: (({ order, customer }: { order: Ref<Order>; customer: Ref<{ tier: string }> }) => ({
      no: order.no,
      tier: customer.tier,
    })) as never,
  })

  it('reads each by its name, and says so in its document', () => {
    expect(both.run({ order: ORDER, customer: { tier: 'gold' } })).toStrictEqual({ no: 'A-1', tier: 'gold' })
    expect(mappingRows(both).map(({ sources }) => sources)).toEqual([['order.no'], ['customer.tier']])
  })

  it('names the document that is missing', () => {
    for (const given of [
      { order: ORDER },
      { order: ORDER, customer: null },
      Object.create({ order: 1, customer: 1 }),
    ]) {
      expect(faultOf(() => both.run(given))).toMatch(/MAPPING_FAILED mapping both: the document \w+ was not handed in/)
    }
    expect(faultOf(() => both.run(null as never))).toMatch(/the document order was not handed in/)
  })

  it('has at least two, named as variables are', () => {
    expect(faultOf(() => join({ order: from }))).toMatch(/join: name at least two documents/)
    expect(faultOf(() => join({ order: from, 'a b': Customer }))).toMatch(
      /join: "a b": name documents as variables are/,
    )
  })
})

describe('a split', () => {
  const declare = (id?: unknown, fields: unknown = undefined) =>
    split('parcels', {
      from,
      to: Anything,
      list: (order) => order.parcels,
      fields: (fields ??
        ((p: Ref<Order['parcels'][number]>, order: Ref<Order>, place: unknown) => ({
          order: order.no,
          carrier: p.carrier,
          place,
          items: required(p.items, skip('an empty parcel')),
        }))) as never,
      ...(id === undefined ? {} : { id: id as never }),
    })

  it('gives pieces in order, each with its place or its key, and sets single ones aside', () => {
    const wanted = [
      { id: '0', value: { order: 'A-1', carrier: 'post', place: 0, items: ORDER.parcels[0]?.items } },
      { id: '1', value: { order: 'A-1', carrier: 'van', place: 1, items: ORDER.parcels[1]?.items } },
      { id: '2', value: new Skipped('an empty parcel') },
    ]
    expect(declare().run(ORDER)).toStrictEqual(wanted)
    const keyed = declare((p: Ref<Order['parcels'][number]>) => p.carrier)
    expect(keyed.run({ ...ORDER, parcels: ORDER.parcels.slice(0, 2) })).toMatchObject([{ id: 'post' }, { id: 'van' }])
    for (const parcels of [[], null, undefined]) expect(declare().run({ ...ORDER, parcels } as never)).toStrictEqual([])
  })

  it('refuses two pieces with one id, and one without', () => {
    const keyed = declare((p: Ref<Order['parcels'][number]>) => p.carrier)
    expect(faultOf(() => keyed.run(ORDER))).toBe(
      'MAPPING_FAILED mapping parcels: two pieces have the same id; name one that tells them apart',
    )
    expect(faultOf(() => keyed.run({ ...ORDER, parcels: [{ carrier: null, items: [] }] } as never))).toBe(
      'MAPPING_FAILED mapping parcels: field [0]: text takes text and numbers, not null',
    )
  })

  it('fails as a whole, and names the piece', () => {
    const strict = declare(undefined, (p: Ref<Order['parcels'][number]>) => ({ at: { items: required(p.items) } }))
    expect(faultOf(() => strict.run(ORDER))).toBe(
      'MAPPING_FAILED mapping parcels: field [2].at.items: a required value is missing',
    )
  })

  it('is documented with the identity of a piece', () =>
    expect(mappingRows(declare()).map(({ target, sources, rule }) => [target, ...sources, rule])).toEqual([
      ['(identity)', '"{place in parcels, from 0}"'],
      ['order', 'no', 'as it is'],
      ['carrier', 'parcels[].carrier', 'as it is'],
      ['place', 'place in parcels, from 0'],
      ['items', 'parcels[].items', 'required, else the message is set aside'],
    ]))

  it('splits a list', () =>
    expect(
      faultOf(() =>
        split('no-list', { from, to: Anything, list: (() => 'x') as never, fields: (() => ({})) as never }),
      ),
    ).toBe('DECLARATION_INVALID mapping no-list: split: list is a reference to a list, such as order.lines'))
})

describe('a tenant', () => {
  const tenants = mapping('tenants', {
    from,
    to: Anything,
    fields: ((o: Ref<Order>) => ({
      id: o.no,
      region: lookup(o.country, { CH: 'EU' }, { otherwise: fixed('X', 'rest') }),
    })) as never,
    overrides: {
      acme: ((o: Ref<Order>, base: { id: never }) => ({ id: text`acme-${base.id}`, region: o.country })) as never,
      ['constructor']: (() => ({ region: fixed('odd', 'a test') })) as never,
    },
  })

  it('has its own fields, and the others of everybody', () => {
    expect(tenants.run(ORDER)).toStrictEqual({ id: 'A-1', region: 'EU' })
    expect(tenants.run(ORDER, { tenant: 'acme' })).toStrictEqual({ id: 'acme-A-1', region: 'CH' })
    expect(tenants.run(ORDER, { tenant: 'constructor' })).toStrictEqual({ id: 'A-1', region: 'odd' })
    for (const tenant of ['', 'other', 'toString', '__proto__']) {
      expect(tenants.run(ORDER, { tenant })).toStrictEqual({ id: 'A-1', region: 'EU' })
    }
    expect(tenants.overrides.map(({ tenant, fields }) => [tenant, ...fields])).toEqual([
      ['acme', 'id', 'region'],
      ['constructor', 'region'],
    ])
  })

  it('has its own document', () => {
    expect(mappingRows(tenants, 'acme').map(({ rule }) => rule)).toEqual(['"acme-{no}"', 'as it is'])
    expect(faultOf(() => mappingRows(tenants, 'nobody'))).toMatch(
      /mapping tenants has no overrides for the tenant "nobody"/,
    )
  })

  it('changes fields that all have; there are at most 256', () => {
    const declare = (overrides: object) => () =>
      mapping('bad', {
        from,
        to: Anything,
        fields: ((o: Ref<Order>) => ({ id: o.no })) as never,
        overrides: overrides as never,
      })
    expect(faultOf(declare({ acme: () => ({ ids: 'x' }) }))).toMatch(
      /mapping bad: overrides acme: fields has no ids; a tenant changes fields that all have/,
    )
    expect(faultOf(declare({ acme: () => 'x' }))).toMatch(/overrides acme: give a literal of fields/)
    expect(faultOf(declare({ '': () => ({}) }))).toMatch(/a tenant is named by 1 to 128 characters/)
    const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`t${i}`, () => ({})]))
    expect(faultOf(declare(many))).toMatch(/257 tenants; at most 256/)
  })
})
