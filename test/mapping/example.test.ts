import { expect, it } from 'vitest'
import {
  acmeLabel,
  labelPerTenant,
  linesFromOrder,
  priceToErp,
  rated,
  saleFromBasket,
} from '../../examples/docs/mapping.ts'

type Placed = Parameters<typeof acmeLabel>[0]
const ORDER: Placed = {
  order_no: 'a-1',
  status: 'paid',
  placed_ms: 0,
  amount: 5,
  currency: 'eur',
  email: null,
  ship_to: null,
  items: [
    { article: 'x', pieces: 2, colour: 'red' },
    { article: 'y', pieces: 1, colour: 'blue' },
  ],
  tags: {},
}
const BASKET: Parameters<typeof saleFromBasket.run>[0] = {
  id: 'b-1',
  total: '1.234,50',
  country: 'CH',
  pay: { type: 'card', brand: 'visa' },
  company: { name: 'Analytical Engines', vat: 'CHE-1' },
  parcels: [
    { carrier: 'post', items: [{ article: 'x', gift: true }, { article: 'y', gift: false }] },
    { carrier: 'van', items: [{ article: 'z', gift: false }] },
  ],
} // biome-ignore format: short

it('the page says what happens', () => {
  const sale = saleFromBasket.run(BASKET)
  expect(sale).toStrictEqual({
    id: 'b-1',
    minor: 123_450,
    region: 'europe',
    vatArea: 'CH',
    cardBrand: 'visa',
    vat: 'CHE-1',
    buyer: { as: 'company', name: 'Analytical Engines' },
    lines: [
      { carrier: 'post', sku: 'y', place: 1 },
      { carrier: 'van', sku: 'z', place: 0 },
    ],
  })
  expect(saleFromBasket.to.check(sale).ok).toBe(true)
  const person = { ...BASKET, country: 'DE', company: null, pay: { type: 'debit', iban: 'DE1' } as const, parcels: [] }
  expect(saleFromBasket.run(person)).toStrictEqual({
    id: 'b-1',
    minor: 123_450,
    region: 'europe',
    vatArea: 'EU',
    buyer: { as: 'person' },
    lines: [],
  })
  expect(() => saleFromBasket.run({ ...BASKET, country: 'US' })).toThrow(
    'mapping sale-from-basket: field vatArea: lookup has no entry for this value: tax decides about new countries',
  )
})

it('tenants, joins, splits, and the way back', () => {
  expect(acmeLabel(ORDER)).toStrictEqual({ id: 'a-1', code: 'ACME-A-1-eur' })
  expect(labelPerTenant.run(ORDER, { tenant: 'globex' })).toStrictEqual({ id: 'a-1', code: 'WEB' })
  expect(labelPerTenant.run(ORDER, { tenant: 'initech' })).toStrictEqual({ id: 'a-1', code: 'A-1' })
  expect(rated(ORDER, { email: '', tier: 'gold' })).toStrictEqual({ id: 'a-1', tier: 'GOLD' })
  expect(linesFromOrder.run(ORDER)).toStrictEqual([
    { id: 'x', value: { order: 'a-1', sku: 'x', quantity: 2 } },
    { id: 'y', value: { order: 'a-1', sku: 'y', quantity: 1 } },
  ])
  const price = { sku: 'x', amount: '10.50', currency: 'EUR', since: '2026-01-01T00:00:00.000Z', state: 'ON', title: '' } as const // biome-ignore format: short
  const back = priceToErp.run(price)
  expect(back).toStrictEqual({ article: 'x', cents: 1050, currency: 'eur', since: 1_767_225_600, active: 'y' })
  expect(priceToErp.to.check(back).ok).toBe(true)
})
