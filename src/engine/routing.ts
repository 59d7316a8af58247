import { TielineError } from '../core/error.ts'
import type { Flow, Input } from '../declare/flow/flow.ts'
import type { Endpoint } from '../declare/source/source.ts'

/** Which flows take an event: found once per start, not per message. */
export interface Routing {
  readonly endpoints: readonly Endpoint[]
  readonly flows: ReadonlyMap<string, Flow>
  /** Who takes this type from this endpoint. */
  readonly route: (endpoint: string, type: string) => readonly Route[]
}

/** A flow, and the input by which an event enters it. */
export interface Route {
  readonly flow: Flow
  readonly input: Input
}

const NONE: readonly Route[] = Object.freeze([])

/** The input of a flow that takes this type from this endpoint; an exact type goes before `*`. */
export function inputOf(flow: Flow, endpoint: string, type: string): Input | undefined {
  const [only] = flow.inputs
  if (flow.inputs.length === 1) return only
  const here = flow.inputs.filter(({ from }) => from.endpoint.name === endpoint)
  return here.find(({ from }) => from.type === type) ?? here.find(({ from }) => from.type === '*')
}

/** @throws {TielineError} DECLARATION_INVALID for two flows or two different endpoints of one name. */
export function routing(flows: readonly Flow[]): Routing {
  const byName = new Map<string, Flow>()
  const endpoints = new Map<string, Endpoint>()
  const exact = new Map<string, Map<string, Route[]>>()
  for (const flow of flows) {
    for (const name of flow.was === undefined ? [flow.name] : [flow.name, flow.was]) {
      if (byName.has(name)) {
        throw new TielineError('DECLARATION_INVALID', `two flows are called ${name}; give one another name`)
      }
      byName.set(name, flow)
    }
    for (const input of flow.inputs) {
      const { endpoint, type } = input.from
      const known = endpoints.get(endpoint.name)
      if (known !== undefined && known !== endpoint) {
        throw new TielineError(
          'DECLARATION_INVALID',
          `two sources are called ${endpoint.name}; declare it once and share the value, or name one otherwise`,
        )
      }
      endpoints.set(endpoint.name, endpoint)
      const types = exact.get(endpoint.name) ?? new Map<string, Route[]>()
      exact.set(endpoint.name, types)
      types.set(type, [...(types.get(type) ?? []), { flow, input }])
    }
  }
  const merged = new Map([...exact].map(([name, types]) => [name, withWildcard(types)] as const))
  return Object.freeze({
    endpoints: Object.freeze([...endpoints.values()]),
    flows: byName,
    route: (endpoint: string, type: string): readonly Route[] => {
      const types = merged.get(endpoint)
      return types?.get(type) ?? types?.get('*') ?? NONE
    },
  })
}

/** A flow that takes a type by name does not take it by `*` again. */
function withWildcard(types: Map<string, Route[]>): Map<string, readonly Route[]> {
  const all = types.get('*') ?? []
  const merge = (routes: readonly Route[]): readonly Route[] => [
    ...routes,
    ...all.filter(({ flow }) => !routes.some((route) => route.flow === flow)),
  ]
  return new Map([...types].map(([type, routes]) => [type, type === '*' ? routes : merge(routes)] as const))
}
