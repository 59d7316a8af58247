import { TielineError } from '../core/error.ts'
import type { Flow } from '../declare/flow/flow.ts'
import type { Endpoint } from '../declare/source/source.ts'

/** Which flows take an event: found once per start, not per message. */
export interface Routing {
  readonly endpoints: readonly Endpoint[]
  readonly flows: ReadonlyMap<string, Flow>
  /** The flows that take this type from this endpoint. */
  readonly route: (endpoint: string, type: string) => readonly Flow[]
}

const NONE: readonly Flow[] = Object.freeze([])

/** @throws {TielineError} DECLARATION_INVALID for two flows or two different endpoints of one name. */
export function routing(flows: readonly Flow[]): Routing {
  const byName = new Map<string, Flow>()
  const endpoints = new Map<string, Endpoint>()
  const exact = new Map<string, Map<string, Flow[]>>()
  for (const flow of flows) {
    for (const name of flow.was === undefined ? [flow.name] : [flow.name, flow.was]) {
      if (byName.has(name))
        throw new TielineError('DECLARATION_INVALID', `two flows are called ${name}; give one another name`)
      byName.set(name, flow)
    }
    const { endpoint, type } = flow.from
    const known = endpoints.get(endpoint.name)
    if (known !== undefined && known !== endpoint) {
      throw new TielineError(
        'DECLARATION_INVALID',
        `two sources are called ${endpoint.name}; declare it once and share the value, or name one otherwise`,
      )
    }
    endpoints.set(endpoint.name, endpoint)
    const types = exact.get(endpoint.name) ?? new Map<string, Flow[]>()
    exact.set(endpoint.name, types)
    types.set(type, [...(types.get(type) ?? []), flow])
  }
  const merged = new Map([...exact].map(([name, types]) => [name, withWildcard(types)] as const))
  return Object.freeze({
    endpoints: Object.freeze([...endpoints.values()]),
    flows: byName,
    route: (endpoint: string, type: string): readonly Flow[] => {
      const types = merged.get(endpoint)
      return types?.get(type) ?? types?.get('*') ?? NONE
    },
  })
}

function withWildcard(types: Map<string, Flow[]>): Map<string, readonly Flow[]> {
  const all = types.get('*') ?? []
  return new Map([...types].map(([type, flows]) => [type, type === '*' ? flows : [...flows, ...all]] as const))
}
