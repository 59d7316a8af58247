import { describe, expect, test } from 'vitest'
import { TielineError } from '../../src/core/error.ts'
import { policy, retry, timeout } from '../../src/declare/policy/policy.ts'
import { rateLimit } from '../../src/declare/policy/rate-limit.ts'
import { retryBudget } from '../../src/declare/policy/retry-budget.ts'
import { bench, LIMITS, refused, type Seen, upsert } from './bench.ts'

const WIDE = Object.freeze({ ...LIMITS, count: 100, bytes: 100_000 })
const idsOf = (seen: readonly Seen[]): readonly string[] => seen.map(({ ids }) => ids)
const named = (ids: string): readonly { readonly id: string }[] => ids.split(' ').map((id) => ({ id }))

describe('a request goes', () => {
  test('when it has so many items', async () => {
    const it = bench()
    for (const row of named('a b c d')) it.submit(row)
    await it.clock.advance(0)
    expect(idsOf(it.seen)).toEqual(['a b c'])
    expect([...it.ended]).toEqual([
      ['a', 'done a'],
      ['b', 'done b'],
      ['c', 'done c'],
    ])
  })

  test('with no more than the operation takes', async () => {
    const it = bench()
    const of = upsert({ max: 2 })
    for (const row of named('a b c')) it.submit(row, { of, limits: WIDE })
    await it.clock.advance(50)
    expect(idsOf(it.seen)).toEqual(['a b', 'c'])
  })

  test('when its first item has waited so long', async () => {
    const it = bench()
    it.submit({ id: 'a' })
    await it.clock.advance(30)
    it.submit({ id: 'b' })
    await it.clock.advance(19)
    expect(it.seen).toEqual([])
    await it.clock.advance(1)
    expect(idsOf(it.seen)).toEqual(['a b'])
    it.submit({ id: 'c' })
    await it.clock.advance(49)
    expect(it.seen).toHaveLength(1)
    await it.clock.advance(1)
    expect(idsOf(it.seen)).toEqual(['a b', 'c'])
  })

  test('when it has so many bytes, of which none is over unless a single item is', async () => {
    const it = bench()
    const limits = { ...LIMITS, bytes: 60, count: 10 }
    const row = (id: string, length: number) => ({ id, text: 'ü'.repeat(length) }) // 20 bytes and two for each letter
    it.submit(row('a', 4), { limits })
    it.submit(row('b', 4), { limits }) // 28 + 28
    await it.clock.advance(0)
    expect(it.seen).toEqual([])
    it.submit(row('c', 1), { limits }) // would be 78
    it.submit(row('d', 100), { limits })
    await it.clock.advance(0)
    expect(idsOf(it.seen)).toEqual(['a b', 'c', 'd'])
  })

  test('before an item’s lease ends, as the keeper renewed it or did not', async () => {
    const it = bench()
    const limits = { ...LIMITS, withinMs: 30_000 }
    const renewed = it.submit({ id: 'a' }, { limits })
    it.submit({ id: 'b' }, { limits, held: { untilMono: 20_000 } })
    await it.clock.advance(5_000)
    renewed.untilMono = 15_000
    await it.clock.advance(7_900)
    expect(it.seen).toEqual([])
    await it.clock.advance(600)
    expect(idsOf(it.seen)).toEqual(['a b'])
    expect(it.ended.get('a')).toBe('done a')
  })

  test('while half of an item’s time is left for the call', async () => {
    const it = bench()
    const held = { untilMono: 1e9, deadlineMono: 10_000 }
    it.submit({ id: 'a' }, { limits: { ...LIMITS, withinMs: 60_000 }, held })
    await it.clock.advance(4_999)
    expect(it.seen).toEqual([])
    await it.clock.advance(1)
    expect(idsOf(it.seen)).toEqual(['a'])
  })
})

describe('items do not share a request', () => {
  test('of other groups, operations, flows and policies', async () => {
    const it = bench()
    it.submit({ id: 'a', group: 'g' })
    it.submit({ id: 'b', group: 'h' })
    it.submit({ id: 'c', group: 'g' }, { of: upsert() })
    it.submit({ id: 'd', group: 'g' }, { limits: { ...LIMITS } })
    it.submit({ id: 'e', group: 'g' }, { terms: { layers: policy(timeout('1s')).layers } })
    it.submit({ id: 'f', group: 'g' }, { terms: { tenant: 'acme' } })
    await it.clock.advance(50)
    expect(idsOf(it.seen)).toEqual(['a f', 'b', 'c', 'd', 'e'])
  })

  test.each([
    rateLimit({ limit: 10, per: '1s', each: 'tenant' }),
    retry({ attempts: 2, budget: retryBudget({ each: 'tenant' }) }),
  ])('of other tenants, where a gate is of each tenant: %j', async ({ layers }) => {
    const it = bench()
    it.submit({ id: 'a' }, { terms: { layers, tenant: 'acme' } })
    it.submit({ id: 'b' }, { terms: { layers, tenant: 'other' } })
    it.submit({ id: 'c' }, { terms: { layers, tenant: 'acme' } })
    await it.clock.advance(50)
    expect(idsOf(it.seen)).toEqual(['a c', 'b'])
  })

  test('about the same, or with the same key; the first request goes on gathering', async () => {
    const it = bench()
    it.submit({ id: 'a', about: 'x' })
    it.submit({ id: 'b', about: 'x' })
    it.submit({ id: 'c' })
    it.submit({ id: 'd' }, { terms: { idempotencyKey: 'key c' } })
    await it.clock.advance(50)
    expect(idsOf(it.seen)).toEqual(['a c', 'b d'])
  })
})

describe('outcomes', () => {
  test('each item has its own', async () => {
    const it = bench()
    it.answer = () => [
      { as: 'done', value: 'one' },
      { as: 'failed', error: new TielineError('PROVIDER_REFUSED', 'bad') },
      { as: 'failed', error: new TielineError('PROVIDER_BUSY', 'later', { retryAfterMs: 1_000 }) },
    ]
    for (const row of named('a b c')) it.submit(row)
    await it.clock.advance(0)
    expect(Object.fromEntries(it.ended)).toEqual({ a: 'one', b: 'PROVIDER_REFUSED', c: 'PROVIDER_BUSY' })
    expect(it.seen).toHaveLength(1)
  })

  test('a failure of the request is that of all its items, which keep their keys in other company', async () => {
    const it = bench()
    it.answer = () => new TielineError('HTTP_TIMEOUT', 'no answer')
    for (const row of named('a b c')) it.submit(row)
    await it.clock.advance(0)
    expect([...it.ended.values()]).toEqual(['HTTP_TIMEOUT', 'HTTP_TIMEOUT', 'HTTP_TIMEOUT'])
    it.ended.clear()
    it.answer = (seen) => seen.items.map(({ idempotencyKey }) => ({ as: 'done', value: idempotencyKey }))
    for (const row of named('c d a')) it.submit(row)
    await it.clock.advance(0)
    expect([...it.ended.values()]).toEqual(['key c', 'key d', 'key a'])
  })

  test('a refusal of the whole request is brought home to the item that it is about', async () => {
    const it = bench()
    it.answer = (seen) => (/\br7\b/.test(seen.ids) ? refused() : seen.items.map(() => ({ as: 'done', value: 'fine' })))
    for (let i = 0; i < 100; i++) it.submit({ id: `r${i}` }, { limits: WIDE })
    await it.clock.advance(50)
    expect(it.ended.size).toBe(100)
    expect([...it.ended].filter(([, what]) => what !== 'fine')).toEqual([['r7', 'PROVIDER_REFUSED']])
    expect(it.seen.length).toBeLessThanOrEqual(1 + 2 * 7) // two for each halving
  })

  test('but not of what may be doubled', async () => {
    const it = bench()
    const of = upsert({}, { by: 'none', why: 'no key' })
    it.answer = refused
    for (const row of named('a b c')) it.submit(row, { of })
    await it.clock.advance(0)
    expect(it.seen).toHaveLength(1)
    expect([...it.ended.values()]).toEqual(Array(3).fill('PROVIDER_REFUSED'))
  })

  test('another number of outcomes than items is no answer', async () => {
    const it = bench()
    it.answer = () => [{ as: 'done', value: 'one' }]
    for (const row of named('a b')) it.submit(row)
    await it.clock.advance(50)
    expect([...it.ended.values()]).toEqual(['PROVIDER_ANSWER', 'PROVIDER_ANSWER'])
  })

  test('the value of a fallback is that of each', async () => {
    const it = bench()
    it.answer = () => ({ insteadOfAnAnswer: 'unknown' })
    for (const row of named('a b')) it.submit(row)
    await it.clock.advance(50)
    expect([...it.ended.values()]).toEqual(['unknown', 'unknown'])
  })

  test('an input without a JSON form, and a group or key that throws, are the item’s own failure', async () => {
    const it = bench()
    const throwing = (): never => {
      throw new TielineError('MAPPING_FAILED', 'no such field')
    }
    it.submit({ id: 'a', text: 1n as unknown as string })
    it.submit({ id: 'b' }, { of: upsert({ group: throwing }) })
    it.submit({ id: 'c' }, { of: upsert({ key: throwing }) })
    it.submit({ id: 'd' })
    await it.clock.advance(50)
    expect(Object.fromEntries(it.ended)).toEqual({
      a: 'REQUEST_INVALID',
      b: 'MAPPING_FAILED',
      c: 'MAPPING_FAILED',
      d: 'done d',
    })
  })
})

describe('leases', () => {
  test('an item whose lease is over is left out', async () => {
    const it = bench()
    const [a] = named('a b c').map((row) => it.submit(row, { limits: WIDE }))
    if (a !== undefined) a.untilMono = Number.NEGATIVE_INFINITY
    await it.clock.advance(50)
    expect(idsOf(it.seen)).toEqual(['b c'])
    expect(it.ended.get('a')).toBe('LEASE_LOST')
  })

  test('one that is lost inside the policy costs the others only another request', async () => {
    const it = bench()
    const [, b] = named('a b c').map((row) => it.submit(row, { limits: WIDE }))
    it.answer = (seen) => {
      if (b !== undefined) b.over = true
      if (seen.terms.held.over) return new TielineError('LEASE_LOST', 'lost')
      return seen.items.map(() => ({ as: 'done', value: 'fine' }))
    }
    await it.clock.advance(50)
    expect(idsOf(it.seen)).toEqual(['a b c', 'a c'])
    expect(Object.fromEntries(it.ended)).toEqual({ a: 'fine', b: 'LEASE_LOST', c: 'fine' })
  })

  test('the request is made under the shortest lease and time among its items, as they are then', async () => {
    const it = bench()
    it.submit({ id: 'a' }, { held: { untilMono: 9_000, deadlineMono: 30_000 } })
    const b = it.submit({ id: 'b' }, { held: { untilMono: 8_000, deadlineMono: 40_000 } })
    await it.clock.advance(50)
    const held = it.seen[0]?.terms.held
    expect([held?.untilMono, held?.deadlineMono]).toEqual([8_000, 30_000])
    b.untilMono = 12_000
    expect(held?.untilMono).toBe(9_000)
  })
})

test('each call is told once that its request leaves', async () => {
  const it = bench()
  const left: string[] = []
  it.answer = refused
  for (const { id } of named('a b c')) it.submit({ id }, { leaves: () => left.push(id) })
  expect(left).toEqual(['a', 'b', 'c'])
  await it.clock.advance(1_000)
  expect(it.seen.length).toBeGreaterThan(1)
  expect(left).toEqual(['a', 'b', 'c'])
})

test('a flush sends what gathers', async () => {
  const it = bench()
  it.submit({ id: 'a' })
  it.submit({ id: 'b', group: 'g' })
  it.batcher.flush()
  await it.clock.advance(0)
  expect(idsOf(it.seen)).toEqual(['a', 'b'])
  it.batcher.flush()
  await it.clock.advance(100)
  expect(it.seen).toHaveLength(2)
})

test('a stop ends what gathers, and what comes later; a request on its way ends by itself', async () => {
  const it = bench()
  let answered: () => void = () => {}
  it.answer = (seen) =>
    new Promise((resolve) => {
      answered = () => resolve(seen.items.map(() => ({ as: 'done', value: 'late' })))
    })
  for (const row of named('a b c d')) it.submit(row)
  await it.clock.advance(0)
  it.stop.abort()
  await it.clock.advance(0)
  expect(Object.fromEntries(it.ended)).toEqual({ d: 'STOPPING' })
  it.submit({ id: 'e' })
  await it.clock.advance(0)
  expect(Object.fromEntries(it.ended)).toEqual({ d: 'STOPPING', e: 'STOPPING' })
  answered()
  await it.clock.advance(0)
  expect(it.ended.get('a')).toBe('late')
  expect(it.seen).toHaveLength(1)
})
