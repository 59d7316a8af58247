import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BreakerOptions, breaker } from '../../src/declare/policy/breaker.ts'
import type { BreakerLayer } from '../../src/declare/policy/layer.ts'
import {
  type BreakerState,
  breakerMachine,
  close,
  trip,
  tryHalfOpen,
} from '../../src/declare/policy/machine/breaker.ts'
import type { Machine, Verdict } from '../../src/declare/policy/machine/machine.ts'

const layerOf = (options: BreakerOptions): BreakerLayer => breaker(options).layers[0] as BreakerLayer

/** A breaker with one call after the other. */
function rig(options: BreakerOptions) {
  const machine = breakerMachine(layerOf(options))
  const state = machine.start(0)
  const call = (now: number, verdict: Verdict, tookMs = 0): number => {
    const wait = machine.enter(state, now - tookMs, 0, false)
    if (wait === 0) machine.leave(state, now, verdict, tookMs)
    return wait
  }
  return { machine, state, call }
}

describe('a breaker', () => {
  it('opens at so many failures within the while, not over a longer one', () => {
    const slow = rig({ failures: 3, within: '10s' })
    for (const now of [0, 6_000, 12_000, 18_000, 24_000]) slow.call(now, 'failed')
    expect(slow.state.phase).toBe('closed')
    const fast = rig({ failures: 3, within: '10s' })
    for (const now of [0, 3_000, 6_000]) fast.call(now, 'failed')
    expect(fast.state).toMatchObject({ phase: 'open', since: 6_000 })
    expect(fast.call(7_000, 'ok')).toBe(59_000)
    expect(fast.machine.room(fast.state, 7_000, 2_000)).toBe(0)
    expect(fast.machine.room(fast.state, 65_000, 2_000)).toBe(3)
  })

  it('by the last calls: forgets the older ones', () => {
    const { state, call } = rig({ failureRate: 0.5, within: 4 })
    for (const verdict of ['failed', 'ok', 'ok', 'ok', 'failed', 'ok', 'ok'] as const) call(1, verdict)
    expect(state.phase).toBe('closed')
    expect(state.tally).toMatchObject({ calls: 4, failed: 1 })
    call(1, 'failed')
    expect(state.phase).toBe('open')
  })

  it('says nothing of rates before it has seen the minimum', () => {
    const { state, call } = rig({ failureRate: 0.5, minimum: 10 })
    for (let i = 0; i < 9; i++) call(i, 'failed')
    expect(state.phase).toBe('closed')
    call(9, 'failed')
    expect(state.phase).toBe('open')
  })

  it('opens for slow calls', () => {
    const { state, call } = rig({ slowAfter: '1s', slowRate: 0.5, within: 4 })
    for (const tookMs of [100, 1_500, 100, 1_500]) call(10_000, 'ok', tookMs)
    expect(state.phase).toBe('open')
  })

  it('counts no call that says nothing of the provider', () => {
    const { state, call } = rig({ failures: 1 })
    for (let i = 0; i < 100; i++) call(i, 'none')
    expect(state).toMatchObject({ phase: 'closed', tally: { calls: 0 } })
  })

  it('half open: lets so many probes through, and closes when they are good', () => {
    const { machine, state, call } = rig({ failures: 1, halfOpenAfter: '1s', probes: 2 })
    call(0, 'failed')
    expect([1_000, 1_000, 1_000].map((now) => machine.enter(state, now, 0, false))).toEqual([
      0,
      0,
      Number.POSITIVE_INFINITY,
    ])
    expect(machine.room(state, 1_000, 0)).toBe(0)
    machine.leave(state, 1_010, 'ok', 10)
    expect(state.phase).toBe('half-open')
    machine.leave(state, 1_020, 'ok', 20)
    expect(state.phase).toBe('closed')
  })

  it('half open: one bad probe opens it again; by rate, so many of them', () => {
    const one = rig({ failures: 1, halfOpenAfter: '1s' })
    one.call(0, 'failed')
    one.call(1_000, 'failed')
    expect(one.state).toMatchObject({ phase: 'open', since: 1_000 })
    const rate = rig({ failureRate: 0.5, within: 1, halfOpenAfter: '1s', probes: 4 })
    rate.call(0, 'failed')
    for (const verdict of ['failed', 'ok', 'ok', 'ok'] as const) rate.call(1_000, verdict)
    expect(rate.state.phase).toBe('closed')
    rate.call(2_000, 'failed')
    for (const verdict of ['failed', 'failed'] as const) rate.call(3_000, verdict)
    expect(rate.state.phase).toBe('open')
  })

  it('a probe that says nothing is given to another call', () => {
    const { state, call } = rig({ failures: 1, halfOpenAfter: '1s', probes: 1 })
    call(0, 'failed')
    expect(call(1_000, 'none')).toBe(0)
    expect(call(1_001, 'ok')).toBe(0)
    expect(state.phase).toBe('closed')
  })

  it('probes that never end are replaced', () => {
    const { machine, state, call } = rig({ failures: 1, halfOpenAfter: '1s', probes: 1 })
    call(0, 'failed')
    machine.enter(state, 1_000, 0, false)
    expect(call(1_500, 'ok')).toBe(Number.POSITIVE_INFINITY)
    expect(call(2_001, 'ok')).toBe(0)
    expect(state.phase).toBe('closed')
  })

  it('reserves a probe for a call that waits', () => {
    const { machine, state, call } = rig({ failures: 1, halfOpenAfter: '1s', probes: 1 })
    call(0, 'failed')
    expect(machine.enter(state, 900, 2_000, false)).toBe(100)
    expect(machine.enter(state, 950, 2_000, false)).toBe(Number.POSITIVE_INFINITY)
    machine.leave(state, 960, 'none', 0) // it was aborted while it waited
    expect(machine.enter(state, 970, 2_000, false)).toBe(30)
    machine.leave(state, 1_010, 'ok', 10)
    expect(state.phase).toBe('closed')
  })

  it('a phase taken over from another worker', () => {
    const { machine, state, call } = rig({ failures: 5, halfOpenAfter: '1s' })
    trip(state, 100)
    expect(call(200, 'ok')).toBe(900)
    tryHalfOpen(state, 300)
    expect(machine.room(state, 300, 0)).toBe(3)
    close(state, 400)
    tryHalfOpen(state, 500)
    expect(state.phase).toBe('closed')
  })
})

type Step = { readonly afterMs: number; readonly do: 'enter' | 'ok' | 'failed' | 'none'; readonly which: number }

const stepsOf: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 400 }),
    do: fc.constantFrom('enter', 'enter', 'enter', 'enter', 'ok', 'failed', 'none'),
    which: fc.nat(),
  }) as fc.Arbitrary<Step>,
  { maxLength: 200 },
)

const options: fc.Arbitrary<BreakerOptions> = fc.record({
  failures: fc.integer({ min: 1, max: 4 }),
  failureRate: fc.constantFrom(0.3, 0.5, 1),
  slowAfter: fc.constantFrom('500ms' as const, '1h' as const),
  slowRate: fc.constantFrom(0.5, 1),
  within: fc.constantFrom('1s' as const, 5),
  minimum: fc.integer({ min: 1, max: 5 }),
  halfOpenAfter: fc.constantFrom('300ms' as const, '1s' as const),
  probes: fc.integer({ min: 1, max: 3 }),
})

/** Runs the steps, telling each change to `seen`. */
function run(
  machine: Machine<BreakerState>,
  list: readonly Step[],
  again: (state: BreakerState) => BreakerState,
  seen: (before: BreakerState, state: BreakerState, now: number, began: number | undefined, step: Step) => void,
): BreakerState {
  let now = 1_000
  let state = machine.start(now)
  const under: number[] = []
  for (const step of list) {
    now += step.afterMs
    state = again(state)
    const before = structuredClone(state)
    let began: number | undefined
    if (step.do === 'enter') {
      if (machine.enter(state, now, 0, false) === 0) under.push(now)
    } else {
      if (under.length === 0) continue
      began = under.splice(step.which % under.length, 1)[0] as number
      machine.leave(state, now, step.do, now - began)
    }
    seen(before, state, now, began, step)
  }
  return state
}

describe('laws of the breaker', () => {
  it('only the declared ways lead from phase to phase', () => {
    fc.assert(
      fc.property(options, stepsOf, (declared, list) => {
        const layer = layerOf(declared)
        run(
          breakerMachine(layer),
          list,
          (state) => state,
          (before, state, now, began, step) => {
            const way = `${before.phase} -> ${state.phase}`
            expect(['closed -> half-open', 'open -> closed']).not.toContain(way)
            if (way === 'open -> half-open') {
              expect(step.do).toBe('enter')
              expect(now - before.since).toBeGreaterThanOrEqual(layer.halfOpenAfterMs)
            }
            // A call that began before the phase changes nothing of it.
            if (began !== undefined && began < before.since) expect(state).toEqual(before)
            if (way === 'half-open -> closed') {
              expect(before.ended + 1).toBe(layer.probes)
              expect(['ok', 'failed']).toContain(step.do)
            }
            expect(state.admitted).toBeLessThanOrEqual(layer.probes)
            expect(state.ended).toBeLessThanOrEqual(state.admitted)
            const { calls, failed, slow } = state.tally
            expect(Math.min(calls, failed, slow)).toBeGreaterThanOrEqual(0)
            expect(Math.max(failed, slow)).toBeLessThanOrEqual(calls)
          },
        )
      }),
      { numRuns: 300 },
    )
  })

  it('a state that went through JSON in the middle is the same', () => {
    fc.assert(
      fc.property(options, stepsOf, (declared, list) => {
        const machine = breakerMachine(layerOf(declared))
        const plain = run(
          machine,
          list,
          (state) => state,
          () => {},
        )
        const stored = run(
          machine,
          list,
          (state) => JSON.parse(JSON.stringify(state)) as BreakerState,
          () => {},
        )
        expect(stored).toEqual(plain)
      }),
    )
  })
})
