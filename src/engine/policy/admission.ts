import type { Each, GateLayer } from '../../declare/policy/layer.ts'
import type { Retry, Verdict } from '../../declare/policy/machine/machine.ts'

export type { Retry, Verdict }

/** One gate, as calls see it. Times are monotonic milliseconds (`Clock.mono`). */
export interface Admission {
  /** For people: `rate limit of connector:hubspot`. */
  readonly name: string
  /**
   * 0: go. Up to `patienceMs`: go after so many milliseconds, the place is yours, and `leave` is owed in any case.
   * More, perhaps Infinity: refused, nothing is reserved and no `leave` is owed.
   */
  enter(now: number, patienceMs: number, retry: Retry): number
  /** After an admitted call, once. `tookMs`: of the call itself, without the wait before it. */
  leave(now: number, verdict: Verdict, tookMs: number): void
  /** How many calls could enter within `aheadMs`. May be Infinity. */
  room(now: number, aheadMs: number): number
}

/** What a call uses. `tenant` is '' where there is none. */
export interface Resource {
  readonly connector: string
  readonly operation: string
  readonly tenant: string
}

export interface Admissions {
  /** The same gate each time for an equal layer and resource. Those of connectors and operations stay; tenants' may be made anew after long disuse. */
  of(layer: GateLayer, resource: Resource): Admission
  /** What every try of a call passes, whatever its policy; undefined: nothing. */
  account(resource: Resource): Admission | undefined
}

/** A source, as a resource: no connector has such a name. */
const SOURCE = 'in/'

export function isSource({ connector }: Resource): boolean {
  return connector.startsWith(SOURCE)
}

/** `connector:hubspot`, `operation:hubspot.deals.upsert`, `tenant:hubspot.acme`; `source:shop` for what is taken in at `/in/shop`. */
export function resourceName(each: Each, resource: Resource): string {
  const { connector, operation, tenant } = resource
  switch (each) {
    case 'connector':
      return isSource(resource) ? `source:${connector.slice(SOURCE.length)}` : `connector:${connector}`
    case 'operation':
      return `operation:${connector}.${operation}`
    case 'tenant':
      return `tenant:${connector}.${tenant}`
  }
}
