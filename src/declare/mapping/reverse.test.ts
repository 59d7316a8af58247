import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TielineError } from '../../core/error.ts'
import { digitTable } from '../../core/money.ts'
import { contract } from '../contract/contract.ts'
import { endpoint, source } from '../source/source.ts'
import { decimalText } from './codec/decimal-text.ts'
import { derive } from './codec/derive.ts'
import { enumOf } from './codec/enum-of.ts'
import { epochMillis, epochSeconds } from './codec/epoch.ts'
import { lower, trim, upper } from './codec/letter-case.ts'
import { lookup, unmapped } from './codec/lookup.ts'
import { minorUnits, STRIPE_DIGITS } from './codec/minor-units.ts'
import { compile } from './compile.ts'
import { interpreted } from './interpret.ts'
import { type Mapping, mapping, oneWayFields } from './mapping.ts'
import type { Ref } from './reference.ts'
import type { TwoWay } from './reverse.ts'
import { fallback, optional, required } from './word/absence.ts'
import { is, when } from './word/choice.ts'
import { fixed, text } from './word/constant.ts'
import { only } from './word/narrow.ts'
import { at } from './word/position.ts'

interface Line {
  readonly sku: string
  readonly price: string
  readonly minor: number
  readonly tags: readonly { readonly t: string }[]
}

interface Order {
  readonly no: string
  readonly kind: string
  readonly status: 'open' | 'paid' | 'void'
  readonly region: string
  readonly currency: string
  readonly amount: number
  readonly total: string
  readonly weight: string
  readonly created: number
  readonly changed: number | null
  readonly flag: boolean
  readonly note?: string
  readonly ship: { readonly city: string; readonly code: string }
  readonly pay: { readonly type: 'card'; readonly brand: string }
  readonly lines: readonly Line[] | null
}

const from = source<Order>({ endpoint: endpoint({ name: 'shop', scheme: 'github', read: () => [] }), type: 'order' })
const Anything = contract('anything', { version: 1, schema: z.unknown(), key: () => '' })
const of = (fields: (order: Ref<Order>) => unknown, twoWay?: TwoWay): Mapping<Order, unknown> =>
  mapping('under-test', { from, to: Anything, fields: fields as never, ...(twoWay === undefined ? {} : { twoWay }) })

/** Every word and codec that works both ways. */
const both = of((o) => ({
  id: o.no,
  kind: upper(o.kind, { was: 'lower' }),
  state: enumOf(o.status, { open: 'OPEN', paid: 2, void: false }),
  region: lookup(o.region, { CH: 'ch', constructor: 'odd' }, { otherwise: unmapped('one by one') }),
  money: { amount: minorUnits(o.amount, o.currency, STRIPE_DIGITS), currency: upper(o.currency, { was: 'lower' }) },
  total: decimalText(o.total, o.currency, { own: STRIPE_DIGITS }),
  weight: decimalText(o.weight, 3, { point: ',' }),
  at: epochSeconds(o.created),
  changed: epochMillis(o.changed),
  flag: derive(o.flag, 'the opposite', (flag) => !flag, (flag: boolean) => !flag),
  note: optional(o.note),
  city: required(o.ship.city),
  code: lower(o.ship.code, { was: 'upper' }),
  origin: fixed('shop', 'all of it'),
  lines: o.lines.each((line, place) => ({
    place,
    article: line.sku,
    minor: minorUnits(line.minor, o.currency, STRIPE_DIGITS),
    price: decimalText(line.price, o.currency, { own: STRIPE_DIGITS }),
    tags: line.tags.each((tag) => tag.t),
  })),
})) // biome-ignore format: short
const back = both.reverse<Order>()

const DIGITS = digitTable(STRIPE_DIGITS)
const currencies = [...DIGITS.keys()].filter((code) => code === code.toLowerCase())
const plain = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 })
const decimals = (digits: number, point = '.') =>
  fc.integer({ min: -1e9, max: 1e9 }).map((n) => {
    const whole = String(Math.abs(n)).padStart(digits + 1, '0')
    const cut = whole.length - digits
    return `${n < 0 ? '-' : ''}${whole.slice(0, cut)}${digits === 0 ? '' : point + whole.slice(cut)}`
  })
const ms = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
const name = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('__proto__', 'constructor', '\u2028', '"', '😀'))

/** Documents that keep what the declarations say of them: lower case where it was said, all digits of the unit. */
const order: fc.Arbitrary<Order> = fc.constantFrom(...currencies).chain((currency) => {
  const money = decimals(DIGITS.get(currency) ?? 0)
  return fc.record(
    {
      no: name,
      kind: plain('abcxyz09-'),
      status: fc.constantFrom('open', 'paid', 'void'),
      region: fc.constantFrom('CH', 'constructor'),
      currency: fc.constant(currency),
      amount: fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
      total: money,
      weight: decimals(3, ','),
      created: ms.map((n) => n / 1_000),
      changed: fc.option(ms),
      flag: fc.boolean(),
      note: name,
      ship: fc.record({ city: name, code: plain('ABZ09') }),
      pay: fc.constant({ type: 'card', brand: 'visa' } as const),
      lines: fc.option(fc.array(fc.record({ sku: name, price: money, minor: fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)), tags: fc.array(fc.record({ t: name }), { maxLength: 2 }) }), { maxLength: 3 })),
    },
    { requiredKeys: ['no', 'kind', 'status', 'region', 'currency', 'amount', 'total', 'weight', 'created', 'changed', 'flag', 'ship', 'pay', 'lines'] },
  )
}) // biome-ignore format: one field a line

/** Without `pay`, which nothing maps; -0 of a time is 0. */
const kept = ({ pay: _, ...rest }: Order): unknown => JSON.parse(JSON.stringify(rest))

describe('a mapping that goes back', () => {
  it('gives the source again, and the target again', () => {
    fc.assert(
      fc.property(order, (document) => {
        const there = both.run(document)
        expect(back.run(there)).toEqual(kept(document))
        expect(both.run(back.run(there) as Order)).toStrictEqual(there)
      }),
      { numRuns: 500 },
    )
  })

  it('is compiled as it is interpreted, and goes forth again', () => {
    const again = back.reverse()
    const [made, walked] = [compile(back.node), interpreted(back.node)]
    fc.assert(
      fc.property(order, (document) => {
        const there = both.run(document)
        expect(made(there)).toStrictEqual(walked(there))
        expect(again.run(back.run(there) as Order)).toEqual({ ...(there as object), origin: undefined, lines: ((there as { lines: object[] | null }).lines)?.map((line) => ({ ...line, place: undefined })) ?? null })
      }),
      { numRuns: 100 },
    )
  }) // biome-ignore format: one claim a line

  it('takes canonical values that nobody has made from this source', () => {
    const there = { at: '2026-02-28T23:30:00+01:00', money: { amount: '-5', currency: 'JPY' } }
    const fields = of((o) => ({
      at: epochSeconds(o.created),
      money: { amount: minorUnits(o.amount, o.currency), currency: upper(o.currency, { was: 'lower' }) },
    }))
    expect(fields.reverse().run(there)).toStrictEqual({ created: 1_772_317_800, amount: -5, currency: 'jpy' })
    for (const wrong of ['2026-02-30T00:00:00Z', '2026-02-28', '2026-02-28T23:30:00', '2026-13-01T00:00:00Z', '2026-01-01T00:00:00.0001Z', 5]) {
      expect(() => fields.reverse().run({ ...there, at: wrong })).toThrow(/field created: an instant is RFC 3339 text/)
    } // biome-ignore format: short
    expect(() => fields.reverse().run({ ...there, money: { amount: '5.5', currency: 'JPY' } })).toThrow(/field amount: a decimal here has at most 0 digits/) // biome-ignore format: short
  })

  it('has a name, a contract and a document of its own', () => {
    const Sent = contract('sent', { version: 1, schema: z.object({ no: z.string() }), key: ({ no }) => no })
    const reversed = of((o) => ({ id: o.no })).reverse('to-shop', Sent)
    expect([reversed.name, reversed.to, reversed.from]).toStrictEqual(['to-shop', Sent, Anything])
    expect(reversed.run({ id: 'A' })).toStrictEqual({ no: 'A' })
    expect([reversed, reversed.node, ...Object.values(back.node)].every(Object.isFrozen)).toBe(true)
    expect(of((o) => ({ id: o.no })).reverse().name).toBe('under-test-back')
  })

  it('goes back as a whole, or through null', () => {
    expect(
      of((o) => o)
        .reverse()
        .run({ no: 'A' }),
    ).toStrictEqual({ no: 'A' })
    const ship = of((o) => ({ city: o.ship.city })).reverse()
    expect(ship.run({ city: null })).toStrictEqual({ ship: { city: null } })
  })

  it('goes back for each tenant', () => {
    const tenants = mapping('tenants', {
      from,
      to: Anything,
      fields: ((o: Ref<Order>) => ({ id: o.no, kind: o.kind })) as never,
      overrides: { acme: ((o: Ref<Order>) => ({ kind: upper(o.kind, { was: 'lower' }) })) as never },
    })
    expect(tenants.reverse().run({ id: '1', kind: 'A' })).toStrictEqual({ no: '1', kind: 'A' })
    expect(tenants.reverse().run({ id: '1', kind: 'A' }, { tenant: 'acme' })).toStrictEqual({ no: '1', kind: 'a' })
  })
})

const refusal = (mapping: Mapping<Order, unknown>): string => {
  try {
    mapping.reverse()
  } catch (thrown) {
    if (thrown instanceof TielineError && thrown.code === 'DECLARATION_INVALID') return thrown.message
    throw thrown
  }
  return 'goes back'
}

describe('a mapping that does not go back', () => {
  it.each<[string, (o: Ref<Order>) => unknown, string]>([
    ['case', (o) => ({ a: upper(o.no) }), 'a (the original case)'],
    ['space', (o) => ({ a: trim(o.no) }), 'a (white space around it)'],
    ['text', (o) => ({ a: text`Order ${o.no}` }), 'a (the parts of the text)'],
    ['fallback', (o) => ({ a: fallback(o.note, 'x', 'none') }), 'a (absent and the default become the same)'],
    ['when', (o) => ({ a: when(o.flag, o.no, o.kind) }), 'a (which way was taken)'],
    ['is', (o) => ({ a: is(o.no, 'x') }), 'a (is has no way back)'],
    ['enum', (o) => ({ a: enumOf(o.status, { open: 1, paid: 2, void: 2 }) }), 'a (several values become the same)'],
    ['enum', (o) => ({ a: enumOf(o.status, { open: 1, paid: 2, void: null }) }), 'a (null stands for an entry and for nothing)'],
    ['lookup', (o) => ({ a: lookup(o.region, { A: 1 }, { otherwise: fixed(0, 'rest') }) }), 'a (values without an entry become the same)'],
    ['derive', (o) => ({ a: derive(o.no, 'its length', (no) => no.length) }), 'a (a function without its reverse)'],
    ['groups', (o) => ({ a: decimalText(o.total, 2, { group: ',' }) }), 'a (how its thousands were grouped)'],
    ['currency', (o) => ({ a: minorUnits(o.amount, o.currency) }), 'a (minorUnits needs another field of the source, which does not come back)'],
    ['kind', (o) => ({ a: only(o.pay, 'type', 'card').brand }), 'a (a value of another kind is not there)'],
    ['element', (o) => ({ a: at(o.lines, 0).sku }), 'a (the other elements of the list)'],
    ['filter', (o) => ({ a: o.lines.where((l) => is(l.sku, 'x'), 'rest').each((l) => ({ b: l.sku })) }), 'a (the items that stay behind)'],
    ['flat', (o) => ({ a: o.lines.flat((l) => l.tags.each((t) => t.t)) }), 'a (which list an item came from)'],
    ['outside', (o) => ({ a: o.lines.each((l) => ({ b: l.sku, c: o.no })) }), 'a[].c (it is read outside its list)'],
    ['inside', (o) => ({ o: { a: o.lines.each((l) => ({ b: trim(l.sku) })) }, c: trim(o.no) }), 'o.a[].b (white space around it); c (white space around it)'],
    ['two', (o) => ({ a: o.no, b: o.no }), 'a (b comes from the same no; name the one that counts in prefer); b (a comes from the same no; name the one that counts in prefer)'],
    ['part', (o) => ({ a: o.ship, b: o.ship.city }), 'a (b comes from the same ship; name the one that counts in prefer); b (a comes from the same ship.city; name the one that counts in prefer)'],
  ])('lists what is one-way, and why: %s', (_, fields, list) =>
    expect(refusal(of(fields))).toBe(`mapping under-test cannot be reversed: ${list}`)) // biome-ignore format: one case a line

  it('goes back where somebody has decided', () => {
    const fields = (o: Ref<Order>) => ({ id: o.no, title: text`Order ${o.no}`, again: o.no, lines: o.lines.each((l) => ({ sku: l.sku, up: upper(l.sku) })) }) // biome-ignore format: short
    const choice = { without: { title: 'made of the id', 'lines[].up': 'made of the sku' }, prefer: ['id'] }
    const decided = of(fields, choice)
    expect(oneWayFields(decided)).toEqual([])
    expect(
      decided.reverse().run({ id: 'A', title: 'Order A', again: 'B', lines: [{ sku: 'x', up: 'X' }] }),
    ).toStrictEqual({
      no: 'A',
      lines: [{ sku: 'x' }],
    })
    expect(refusal(of(fields, { ...choice, prefer: ['id', 'again'] }))).toMatch(/name the one that counts in prefer/)
    expect(refusal(of(fields, { ...choice, prefer: ['ids'] }))).toMatch(/twoWay: the target has no field ids/)
  })

  it('is told of the tenant whose field it is', () => {
    const tenants = mapping('tenants', {
      from,
      to: Anything,
      fields: ((o: Ref<Order>) => ({ id: o.no, kind: trim(o.kind) })) as never,
      overrides: { acme: ((o: Ref<Order>) => ({ id: trim(o.no) })) as never },
    })
    expect(refusal(tenants)).toBe(
      'mapping tenants cannot be reversed: kind (white space around it); id of tenant acme (white space around it)',
    )
  })
})
