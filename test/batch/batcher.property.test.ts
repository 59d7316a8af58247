import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TielineError } from '../../src/core/error.ts'
import type { Batch } from '../../src/declare/flow/flow.ts'
import type { ItemOutcome } from '../../src/declare/target/operation.ts'
import { bench, type Row, refused, type Seen, upsert } from './bench.ts'

interface Arrival {
  readonly afterMs: number
  readonly group: string
  readonly about: string
  readonly length: number
  readonly untilMs: number
}

type Fate = 'done' | 'refused' | 'failed' | 'request refused' | 'request failed' | 'lease lost'

const arrival: fc.Arbitrary<Arrival> = fc.record({
  afterMs: fc.constantFrom(0, 0, 0, 1, 7, 60),
  group: fc.constantFrom('g', 'h'),
  about: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'),
  length: fc.nat(60),
  untilMs: fc.constantFrom(500, 1_100, 3_000, 10_000, 10_000, 10_000),
})
const plan = fc.record({
  arrivals: fc.array(arrival, { minLength: 1, maxLength: 40 }),
  limits: fc.record({
    count: fc.integer({ min: 1, max: 8 }),
    bytes: fc.integer({ min: 1, max: 400 }),
    withinMs: fc.nat(100),
  }),
  max: fc.integer({ min: 1, max: 6 }),
  /** Of rows and of requests, taken in turn. */
  fates: fc.array(
    fc.record({
      fate: fc.constantFrom<Fate>(
        'done',
        'done',
        'refused',
        'failed',
        'request refused',
        'request failed',
        'lease lost',
      ),
      tookMs: fc.nat(200),
    }),
    { minLength: 1 },
  ),
  stopAfterMs: fc.option(fc.nat(400), { nil: undefined }),
})

test('every item ends once, is never in two requests at the same time, and requests keep to their limits', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ arrivals, limits, max, fates, stopAfterMs }) => {
      const it = bench()
      const of = upsert({ max })
      const endsAt = new Map<string, number>()
      const under = Object.freeze(limits)
      const last = stopAfterMs ?? Number.POSITIVE_INFINITY
      it.answer = async (seen) => {
        const { fate, tookMs } = fates[it.seen.length % fates.length] as (typeof fates)[number]
        for (const { input } of seen.items) expect(it.ended.has(input.id)).toBe(false)
        expect(it.clock.mono()).toBeLessThanOrEqual(last)
        await it.clock.sleep(tookMs)
        if (fate === 'request refused') return refused()
        if (fate === 'request failed') return new TielineError('HTTP_TIMEOUT', 'no answer')
        if (fate === 'lease lost') return new TielineError('LEASE_LOST', 'lost')
        return seen.items.map(({ input }, i): ItemOutcome<string> => {
          const own = i === 0 ? fate : 'done'
          if (own === 'done') return { as: 'done', value: `done ${input.id}` }
          return { as: 'failed', error: own === 'refused' ? refused() : new TielineError('PROVIDER_BUSY', 'later') }
        })
      }
      for (const [i, { afterMs, group, about, length, untilMs }] of arrivals.entries()) {
        if (afterMs > 0) await it.clock.advance(afterMs)
        if (!it.stop.signal.aborted && it.clock.mono() >= last) it.stop.abort()
        const row: Row = { id: `r${i}`, group, about, text: 'x'.repeat(length) }
        endsAt.set(row.id, it.clock.mono() + untilMs)
        it.submit(row, { limits: under, of, held: { untilMono: it.clock.mono() + untilMs } })
      }
      if (stopAfterMs !== undefined) {
        await it.clock.advance(Math.max(0, last - it.clock.mono()))
        it.stop.abort()
      }
      await it.clock.advance(60_000)
      expect([...it.ended.keys()].sort()).toEqual([...endsAt.keys()].sort())
      for (const [id, what] of it.ended) if (what.startsWith('done')) expect(what).toBe(`done ${id}`)
      it.seen.forEach((seen) => {
        withinLimits(seen, under, max)
        for (const { input } of seen.items) expect(endsAt.get(input.id)).toBeGreaterThanOrEqual(seen.atMs + 1_000)
      })
      apart(it.seen)
    }),
    { numRuns: 200 },
  )
})

function withinLimits({ items }: Seen, limits: Batch, max: number): void {
  expect(items.length).toBeLessThanOrEqual(Math.min(max, limits.count))
  const bytes = items.map(({ input }) => JSON.stringify(input).length).reduce((sum, one) => sum + one, 0)
  if (items.length > 1) expect(bytes).toBeLessThanOrEqual(limits.bytes)
  expect(new Set(items.map(({ input }) => input.group)).size).toBe(1)
  expect(new Set(items.map(({ input }) => input.about)).size).toBe(items.length)
  expect(new Set(items.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(items.length)
}

/** No item is in two requests that overlap. */
function apart(requests: readonly Seen[]): void {
  const endedAt = new Map<string, number>()
  for (const { items, atMs, endMs } of requests) {
    for (const { input } of items) {
      expect(atMs).toBeGreaterThanOrEqual(endedAt.get(input.id) ?? 0)
      endedAt.set(input.id, endMs ?? Number.POSITIVE_INFINITY)
    }
  }
}
