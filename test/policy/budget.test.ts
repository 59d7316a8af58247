import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetMachine } from '../../src/declare/policy/machine/budget.ts'
import { bulkheadMachine } from '../../src/declare/policy/machine/bulkhead.ts'
import { retryBudget } from '../../src/declare/policy/retry-budget.ts'

const steps = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 1_500 }),
    calls: fc.integer({ min: 0, max: 20 }),
    retries: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 80 },
)

describe('a retry budget', () => {
  it('bounds the retries by the calls and the time', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(0, 0.5, 3), fc.constantFrom(0.1, 0.2, 1), (list, minPerSecond, ratio) => {
        const machine = budgetMachine(retryBudget({ ratio, minPerSecond, within: '5s' }))
        let state = machine.start(777)
        let now = 777
        let calls = 0
        let retries = 0
        for (const step of list) {
          now += step.afterMs
          state = JSON.parse(JSON.stringify(state)) as typeof state
          for (let i = 0; i < step.calls; i++) {
            expect(machine.enter(state, now, 0, false)).toBe(0)
            calls++
          }
          for (let i = 0; i < step.retries; i++) if (machine.enter(state, now, 0, true) === 0) retries++
          const seconds = (now - 777) / 1_000
          // A slot is a tenth of the window, so the reserve may come back that much sooner.
          expect(retries).toBeLessThanOrEqual(ratio * calls + minPerSecond * 5 * (1 + seconds / 4.5) + 1e-6)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('allows a fifth of the calls, and ten a second for those with few', () => {
    const machine = budgetMachine(retryBudget())
    const state = machine.start(0)
    let reserve = 0
    while (machine.enter(state, 0, 0, true) === 0) reserve++
    expect(reserve).toBe(100)
    for (let i = 0; i < 50; i++) machine.enter(state, 0, 0, false)
    let more = 0
    while (machine.enter(state, 0, 0, true) === 0) more++
    expect(more).toBe(10)
    expect(machine.enter(state, 9_999, 0, true)).toBe(Number.POSITIVE_INFINITY)
    expect(machine.enter(state, 10_000, 0, true)).toBe(0)
  })

  it("the AWS SDKs' form: retries cost, success pays", () => {
    const machine = budgetMachine(retryBudget.aws({ tokens: 20 }))
    const state = machine.start(0)
    const tries = (retry: true | 'after timeout') => machine.enter(state, 0, 0, retry)
    expect([tries(true), tries('after timeout'), tries(true), tries(true)]).toEqual([0, 0, 0, Number.POSITIVE_INFINITY])
    for (let i = 0; i < 5; i++) machine.leave(state, 0, 'ok', 1)
    machine.leave(state, 0, 'failed', 1)
    expect(tries('after timeout')).toBe(Number.POSITIVE_INFINITY)
    expect(tries(true)).toBe(0)
    for (let i = 0; i < 100; i++) machine.leave(state, 0, 'ok', 1)
    expect(state).toEqual({ by: 'tokens', tokens: 20 })
  })
})

describe('a bulkhead', () => {
  it('never has more under way than its limit, which may change', () => {
    const machine = bulkheadMachine({ kind: 'bulkhead', each: 'connector', limit: 2 })
    const state = machine.start(0)
    const enter = () => machine.enter(state, 0, 0, false)
    expect([enter(), enter(), enter()]).toEqual([0, 0, Number.POSITIVE_INFINITY])
    state.limit = 1
    machine.leave(state, 0, 'none', 0)
    expect([machine.room(state, 0, 0), enter()]).toEqual([0, Number.POSITIVE_INFINITY])
    machine.leave(state, 0, 'failed', 0)
    expect([machine.room(state, 0, 0), enter()]).toEqual([1, 0])
  })
})
