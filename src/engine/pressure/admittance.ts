import type { Priority } from '../../declare/flow/flow.ts'
import type { Endpoint, SourceEvent } from '../../declare/source/source.ts'
import type { Host } from '../../port/host.ts'
import type { Admissions } from '../policy/admission.ts'
import type { Route, Routing } from '../routing.ts'
import { tenantOf } from '../tenant.ts'
import type { Level } from './ladder.ts'
import type { Shed, ShedClass } from './ledger.ts'
import type { Pressure } from './pressure.ts'
import { highest, takersOf } from './priority.ts'
import { type SourceRate, sourceRate } from './rates.ts'
import type { Sender } from './zone.ts'

/** Why something is not taken now, although nothing is wrong with it. */
export interface Refusal {
  readonly code: 'RATE_EXCEEDED' | 'OVERLOADED' | 'STORE_BUSY'
  /**
   * `source`, `tenant`: over the declared rate. `class`: nothing of its class is taken now. `share`: its sender has used up its share while
   * the loudest are slowed. `memory`: too many bodies are on their way.
   */
  readonly reason: 'source' | 'tenant' | 'class' | 'share' | 'memory'
  readonly retryAfterMs: number
}

/**
 * Whether the next request is let in, asked in the order in which more is known of it. Nothing is refused that is not counted: each refusal
 * here is one answer.
 */
export interface Admittance {
  /** Before the body is read; takes nothing. @param memory bytes of bodies in memory over what is allowed */
  refuses(endpoint: Endpoint, memory: number): Refusal | undefined
  /** Once the sender is proven, before anything is parsed: takes a place in the source's rate. */
  enter(endpoint: Endpoint): Refusal | undefined
  /** Once the events are read, all of one request: takes a place in the rate of each tenant, and asks for their class. */
  admit(endpoint: Endpoint, events: readonly SourceEvent[]): Refusal | undefined
  /** Whether a source that pulls may pull now. */
  pulls(endpoint: Endpoint): boolean
  facts(): { readonly level: Level; readonly shed: readonly Shed[] }
}

export interface AdmittanceParts {
  readonly routing: Routing
  readonly pressure: Pressure
  readonly admissions: Admissions
  readonly host: Pick<Host, 'clock' | 'random'>
}

interface Place {
  readonly rate: SourceRate | undefined
  readonly takers: readonly Pick<Route, 'flow'>[]
  /** The highest class that anything from here may have. */
  readonly priority: Priority
}

/** Earlier nothing can have become better: a level lasts two seconds at least. Later ones spread those that were refused together. */
const AGAIN_MS = 2_000
const SPREAD_MS = 8_000
const NOWHERE: Place = Object.freeze({ rate: undefined, takers: [], priority: 'bulk' })

export function createAdmittance({ routing, pressure, admissions, host }: AdmittanceParts): Admittance {
  const { clock, random } = host
  const places = new Map(
    routing.endpoints.map((endpoint): readonly [Endpoint, Place] => {
      const takers = takersOf(routing, endpoint)
      return [endpoint, { rate: sourceRate(endpoint, admissions, clock), takers, priority: highest(takers) }]
    }),
  )
  const placeOf = (endpoint: Endpoint): Place => places.get(endpoint) ?? NOWHERE

  function overloaded({ name }: Endpoint, priority: ShedClass, reason: 'class' | 'share'): Refusal {
    pressure.shed(name, priority)
    return { code: 'OVERLOADED', reason, retryAfterMs: AGAIN_MS + random() * SPREAD_MS }
  }

  function underPressure(endpoint: Endpoint, events: readonly SourceEvent[]): Refusal | undefined {
    const all = events.map(({ type }) => routing.route(endpoint.name, type))
    const priority = highest(all.flat()) // all events of a request are taken, or none
    if (priority === 'critical') return undefined
    const senders = events.map((event, i) => senderOf(endpoint, all[i] as readonly Route[], event))
    for (let i = 0; i < senders.length; i++) {
      const why = pressure.refused(priority, all[i] as readonly Route[], senders[i] as Sender)
      if (why !== undefined) return overloaded(endpoint, priority, why)
    }
    for (let i = 0; i < senders.length; i++) pressure.letIn(all[i] as readonly Route[], senders[i] as Sender)
    return undefined
  }

  function overRate(endpoint: Endpoint, rate: SourceRate, events: readonly SourceEvent[]): Refusal | undefined {
    const tenants = new Set<string>()
    for (const event of events) tenants.add(senderOf(endpoint, routing.route(endpoint.name, event.type), event).tenant)
    let waitMs = 0
    for (const tenant of tenants) waitMs = Math.max(waitMs, rate.take(tenant))
    return waitMs > 0 ? { code: 'RATE_EXCEEDED', reason: 'tenant', retryAfterMs: waitMs } : undefined
  }

  return {
    refuses: (endpoint, memory) => {
      pressure.held(memory)
      if (memory > 1) return { code: 'STORE_BUSY', reason: 'memory', retryAfterMs: AGAIN_MS + random() * SPREAD_MS }
      const { rate, priority } = placeOf(endpoint)
      if (pressure.level > 0 && priority === 'bulk') return overloaded(endpoint, priority, 'class')
      if (!pressure.calm && priority === 'normal' && pressure.refusedUnread(endpoint.name))
        return overloaded(endpoint, priority, 'share')
      const waitMs = rate?.closedForMs() ?? 0
      return waitMs > 0 ? { code: 'RATE_EXCEEDED', reason: 'source', retryAfterMs: waitMs } : undefined
    },
    enter: (endpoint) => {
      const { rate } = placeOf(endpoint)
      if (rate === undefined || rate.each === 'tenant') return undefined
      const waitMs = rate.take('')
      return waitMs > 0 ? { code: 'RATE_EXCEEDED', reason: 'source', retryAfterMs: waitMs } : undefined
    },
    admit: (endpoint, events) => {
      if (!pressure.calm) {
        const refusal = underPressure(endpoint, events)
        if (refusal !== undefined) return refusal
      }
      const { rate } = placeOf(endpoint)
      return rate?.each === 'tenant' ? overRate(endpoint, rate, events) : undefined
    },
    pulls: (endpoint) => {
      if (pressure.calm) return true
      const { priority, takers } = placeOf(endpoint)
      if (priority === 'critical') return true
      return pressure.levelOf(takers) < (priority === 'bulk' ? 1 : 2)
    },
    facts: () => ({ level: pressure.level, shed: pressure.counts() }),
  }
}

/** A request's sender is its source and its tenant: the one that the first flow sees which takes the event. */
function senderOf(endpoint: Endpoint, routes: readonly Route[], event: SourceEvent): Sender {
  return { source: endpoint.name, tenant: tenantOf(routes[0]?.flow, endpoint, event) }
}

/** Lets everything in. */
export const OPEN: Admittance = Object.freeze({
  refuses: () => undefined,
  enter: () => undefined,
  admit: () => undefined,
  pulls: () => true,
  facts: () => ({ level: 0 as const, shed: [] }),
})
