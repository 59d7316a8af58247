import type { GateLayer } from '../layer.ts'
import { type AdaptiveState, adaptiveMachine } from './adaptive.ts'
import { type BreakerState, breakerMachine } from './breaker.ts'
import { type BudgetState, budgetMachine } from './budget.ts'
import { type BulkheadState, bulkheadMachine } from './bulkhead.ts'
import type { Machine } from './machine.ts'
import { type RateState, rateMachine } from './rate.ts'

export type GateState = AdaptiveState | BreakerState | BudgetState | BulkheadState | RateState

/** The machine of a layer, whichever it is. Its states belong to it alone. */
export function machineOf(layer: GateLayer): Machine<GateState> {
  switch (layer.kind) {
    case 'adaptive':
      return adaptiveMachine(layer) as Machine<GateState>
    case 'breaker':
      return breakerMachine(layer) as Machine<GateState>
    case 'bulkhead':
      return bulkheadMachine(layer) as Machine<GateState>
    case 'rate limit':
      return rateMachine(layer) as Machine<GateState>
    case 'retry budget':
      return budgetMachine(layer) as Machine<GateState>
  }
}
