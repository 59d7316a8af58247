import type { BudgetLayer, RatioBudget, TokenBudget } from '../layer.ts'
import type { Machine } from './machine.ts'

export type BudgetState = RatioState | TokenState

/** What was put in and taken out in the last while, in retries. Both expire after it. */
export interface RatioState {
  readonly by: 'ratio'
  readonly slots: number[]
  /** Number of the present slot since time 0. */
  at: number
  balance: number
}

export interface TokenState {
  readonly by: 'tokens'
  tokens: number
}

/** The window of a ratio moves by a tenth of itself, as in Finagle's `WindowedAdder`. */
const SLOTS = 10

/** First tries always enter; a retry enters when the budget has enough for it, else it is refused for an unknown time. */
export function budgetMachine(layer: BudgetLayer): Machine<BudgetState> {
  return (layer.by === 'ratio' ? ratioMachine(layer) : tokenMachine(layer)) as Machine<BudgetState>
}

/** Source: Finagle, `RetryBudget` and `TokenBucket.newLeakyBucket`: the reserve is `minPerSecond` over the whole window. */
function ratioMachine({ ratio, minPerSecond, withinMs }: RatioBudget): Machine<RatioState> {
  const reserve = (minPerSecond * withinMs) / 1_000
  const slotMs = withinMs / SLOTS

  function put(state: RatioState, retries: number): void {
    const i = state.at % SLOTS
    state.slots[i] = (state.slots[i] as number) + retries
    state.balance += retries
  }

  function advance(state: RatioState, now: number): void {
    const slot = Math.floor(now / slotMs)
    if (slot <= state.at) return
    for (let gone = Math.max(state.at, slot - SLOTS); gone < slot; gone++) state.slots[(gone + 1) % SLOTS] = 0
    state.at = slot
    state.balance = state.slots.reduce((sum, one) => sum + one, 0) // anew: no rounding adds up
  }

  return {
    start: (now) => ({ by: 'ratio', slots: new Array(SLOTS).fill(0), at: Math.floor(now / slotMs), balance: 0 }),
    enter: (state, now, _patienceMs, retry) => {
      advance(state, now)
      if (retry === false) {
        put(state, ratio)
        return 0
      }
      if (state.balance + reserve < 1 - 1e-9) return Number.POSITIVE_INFINITY
      put(state, -1)
      return 0
    },
    leave: () => {},
    room: () => Number.POSITIVE_INFINITY,
  }
}

/** Source: AWS SDKs, standard retry mode. */
function tokenMachine({ tokens, retryCost, timeoutCost, refund }: TokenBudget): Machine<TokenState> {
  return {
    start: () => ({ by: 'tokens', tokens }),
    enter: (state, _now, _patienceMs, retry) => {
      if (retry === false) return 0
      const cost = retry === 'after timeout' ? timeoutCost : retryCost
      if (state.tokens < cost) return Number.POSITIVE_INFINITY
      state.tokens -= cost
      return 0
    },
    leave: (state, _now, verdict) => {
      if (verdict === 'ok') state.tokens = Math.min(tokens, state.tokens + refund)
    },
    room: () => Number.POSITIVE_INFINITY,
  }
}
