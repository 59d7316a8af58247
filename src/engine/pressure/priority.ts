import type { Priority } from '../../declare/flow/flow.ts'
import type { Endpoint } from '../../declare/source/source.ts'
import type { Route, Routing } from '../routing.ts'

/** An event is of the highest class of the flows that take it. What nobody takes is `bulk`: nobody waits for it. */
export function highest(routes: readonly Pick<Route, 'flow'>[]): Priority {
  let found: Priority = 'bulk'
  for (let i = 0; i < routes.length; i++) {
    const { priority } = (routes[i] as Route).flow
    if (priority === 'critical') return priority
    if (priority === 'normal') found = priority
  }
  return found
}

/** The flows that take anything from this endpoint. */
export function takersOf({ flows }: Routing, { name }: Endpoint): readonly Pick<Route, 'flow'>[] {
  return [...new Set(flows.values())]
    .filter(({ inputs }) => inputs.some(({ from }) => from.endpoint.name === name))
    .map((flow) => ({ flow }))
}
