import { describe, expect, it } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { decide, decideWebhook } from './decide.ts'
import { faultDesk } from './desk.ts'
import { type FaultPlan, parseFaultPlan } from './rule.ts'

const subject = { method: 'POST', path: '/v1/refunds' }
const kinds = (plan: FaultPlan, seed: number, count = 200) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => decide(subject, plan, random)?.kind)
}

describe('decide', () => {
  it('strikes by chance as often as the plan says, the same for the same seed', () => {
    const plan: FaultPlan = [
      { kind: 'rate-limited', probability: 0.2 },
      { kind: 'cut-after-effect', probability: 0.3 },
      { kind: 'late-webhook', probability: 1 },
    ]
    const struck = kinds(plan, 5, 10_000)
    expect(struck.filter((kind) => kind === 'rate-limited').length / 10_000).toBeCloseTo(0.2, 1)
    expect(struck.filter((kind) => kind === 'cut-after-effect').length / 10_000).toBeCloseTo(0.3, 1)
    expect(struck.filter((kind) => kind === undefined).length / 10_000).toBeCloseTo(0.5, 1)
    expect(kinds(plan, 5)).toEqual(kinds(plan, 5))
    expect(kinds(plan, 5)).not.toEqual(kinds(plan, 6))
  })

  it('strikes only what matches', () => {
    const never = () => 0
    const rule = { kind: 'slow-body', probability: 1 } as const
    expect(decide(subject, [{ ...rule, method: 'GET' }], never)).toBeUndefined()
    expect(decide(subject, [{ ...rule, path: '/v1/customers' }], never)).toBeUndefined()
    expect(decide(subject, [{ ...rule, method: 'POST', path: '/v1/' }], never)?.kind).toBe('slow-body')
    expect(
      decideWebhook('charge.refunded', [{ ...rule, kind: 'late-webhook', path: 'payment' }], never),
    ).toBeUndefined()
    expect(decideWebhook('charge.refunded', [{ ...rule, kind: 'late-webhook', path: 'charge' }], never)?.holdMs).toBe(
      2_000,
    )
  })
})

describe('the desk', () => {
  it('counts rules on demand down', () => {
    const desk = faultDesk([{ kind: 'rate-limited', next: 2, path: '/v1/refunds' }], () => 0.999)
    const struck = ['/v1/refunds', '/v1/other', '/v1/refunds', '/v1/refunds'].map(
      (path) => desk.answer({ method: 'POST', path }, 0)?.kind,
    )
    expect(struck).toEqual(['rate-limited', undefined, 'rate-limited', undefined])
    expect([desk.plan(), desk.struck()]).toEqual([[], { 'rate-limited': 2 }])
  })

  it('a token stays expired for its while', () => {
    const desk = faultDesk([{ kind: 'expired-token', next: 1, forMs: 100 }], () => 0.999)
    expect([0, 50, 99, 100].map((nowMs) => desk.answer(subject, nowMs)?.kind)).toEqual([
      'expired-token',
      'expired-token',
      'expired-token',
      undefined,
    ])
  })
})

describe('a plan from outside', () => {
  it.each([
    [{}, 'array'],
    [[{ kind: 'gremlin', next: 1 }], 'rule 0: kind'],
    [[{ kind: 'slow-body' }], 'either probability'],
    [[{ kind: 'slow-body', next: 1, probability: 0.5 }], 'either probability'],
    [[{ kind: 'slow-body', probability: 1.1 }], 'probability'],
    [[{ kind: 'slow-body', next: 1.5 }], 'next'],
    [[{ kind: 'slow-body', next: 1, holdms: 5 }], 'holdms'],
    [[{ kind: 'slow-body', next: 1, path: 5 }], 'path'],
    [[null], 'rule 0'],
  ])('%o is refused', (plan, says) => {
    expect(() => parseFaultPlan(plan)).toThrow(says)
  })
})

it('the random source differs between near seeds and stays in [0, 1)', () => {
  const firsts = Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed)())
  expect(new Set(firsts).size).toBe(1_000)
  expect(firsts.every((value) => value >= 0 && value < 1)).toBe(true)
  const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length
  expect(mean).toBeCloseTo(0.5, 1)
})
