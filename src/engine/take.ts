import { TielineError } from '../core/error.ts'
import { type Fault, faultOf } from '../core/fault.ts'
import type { Contract, Issue } from '../declare/contract/contract.ts'
import { Skipped } from '../declare/mapping/skipped.ts'
import type { Endpoint, SourceEvent } from '../declare/source/source.ts'
import type { Digest } from '../port/digest.ts'
import type { Accepted, Delivery, NewMessage, Store } from '../port/store.ts'
import { effectKey } from './effect.ts'
import type { Arrived, Intake, RelayIntake, Taken } from './intake.ts'
import { type Admittance, OPEN } from './pressure/admittance.ts'
import type { Pressure } from './pressure/pressure.ts'
import type { Route, Routing } from './routing.ts'
import { mapFor, tenantOf } from './tenant.ts'
import type { Warm } from './warm.ts'

export interface IntakeParts {
  readonly routing: Routing
  readonly store: Store
  readonly digest: Digest
  readonly warm: Warm
  /** Why nothing is taken now; undefined while accepting. */
  readonly closed: () => string | undefined
  /** Told how long accepts take. Absent for an operator's hand, which is no load. */
  readonly pressure?: Pressure
  /** Default: everybody. */
  readonly admittance?: Admittance
}

/** contract -> deliveries -> one durable accept. Nothing is acknowledged before `store.accept` resolves. */
export function createIntake(parts: IntakeParts): Intake & RelayIntake {
  const { routing, store, digest, warm, closed, pressure, admittance = OPEN } = parts

  function checkOpen(): void {
    const reason = closed()
    if (reason !== undefined) throw new TielineError('STOPPING', reason, { retryAfterMs: 5_000 })
  }

  async function take(endpoint: Endpoint, events: readonly SourceEvent[], raw: Uint8Array): Promise<Taken> {
    checkOpen()
    const messages: NewMessage[] = []
    for (const event of events) {
      const routes = routing.route(endpoint.name, event.type)
      const issues = broken(endpoint, routes, event)
      if (issues !== undefined) return quarantine(store, endpoint, events, event, raw, issues)
      messages.push(messageOf(endpoint, event, raw, deliveries(digest, endpoint, routes, event)))
    }
    const begunMs = pressure?.begun() ?? 0 // measured in place: one more promise for each message would be felt
    try {
      const accepted = await store.accept(messages)
      for (let i = 0; i < accepted.length; i++) {
        const message = messages[i] as NewMessage
        if (accepted[i]?.duplicate === false && message.deliveries.length > 0)
          warm.put(message, (events[i] as SourceEvent).data)
      }
      const taken = accepted.map((one, i) => ({ id: (events[i] as SourceEvent).id, duplicate: one.duplicate }))
      pressure?.stored(begunMs)
      return { as: 'accepted', messages: taken }
    } catch (error) {
      pressure?.failed(error)
      throw error
    }
  }

  async function takeEach(endpoint: Endpoint, arrived: readonly Arrived[]): Promise<readonly Accepted[]> {
    checkOpen()
    const messages = arrived.map(({ event, fault }): NewMessage => {
      const routes = routing.route(endpoint.name, event.type)
      const issues = fault === undefined ? broken(endpoint, routes, event) : undefined
      const quarantine = issues === undefined ? fault : brokenFault(endpoint, event, issues)
      if (quarantine !== undefined) return { ...messageOf(endpoint, event, NO_BYTES, []), quarantine }
      return messageOf(endpoint, event, NO_BYTES, deliveries(digest, endpoint, routes, event))
    })
    const begunMs = pressure?.begun() ?? 0
    try {
      const taken = await store.accept(messages)
      pressure?.stored(begunMs)
      return taken
    } catch (error) {
      pressure?.failed(error)
      throw error
    }
  }
  return Object.freeze({ admittance, take, takeEach })
}

/** The issues of the first contract that the event breaks. */
function broken(endpoint: Endpoint, routes: readonly Route[], event: SourceEvent): readonly Issue[] | undefined {
  let issues = issuesOf(endpoint.envelope, event.data)
  for (let i = 0; issues === undefined && i < routes.length; i++) {
    issues = issuesOf((routes[i] as Route).input.from.contract, event.data)
  }
  return issues
}

function issuesOf(contract: Contract<unknown> | undefined, data: unknown): readonly Issue[] | undefined {
  if (contract === undefined) return undefined
  const checked = contract.check(data)
  return checked.ok ? undefined : checked.issues
}

/** One broken event sets its whole request aside: the sender is told that none was taken, and may never send the others again. */
async function quarantine(
  store: Store,
  endpoint: Endpoint,
  events: readonly SourceEvent[],
  culprit: SourceEvent,
  raw: Uint8Array,
  issues: readonly Issue[],
): Promise<Taken> {
  const fault = brokenFault(endpoint, culprit, issues)
  const beside = faultOf(
    new TielineError(
      'CONTRACT_BROKEN',
      `${endpoint.name}: it came in one request with an event that breaks its contract`,
    ),
  )
  await store.accept(
    events.map((event) => ({
      ...messageOf(endpoint, event, raw, []),
      quarantine: event === culprit ? fault : beside,
    })),
  )
  return { as: 'quarantined', id: culprit.id, issues }
}

function brokenFault(endpoint: Endpoint, event: SourceEvent, [first]: readonly Issue[]): Fault {
  const what = `${endpoint.name} ${event.type}: ${first?.path ?? ''} ${first?.message ?? 'does not fit'}`
  return faultOf(new TielineError('CONTRACT_BROKEN', what))
}

/** Repeats are recognised by `identity`; the sender's own id stays visible as attribute `id` where the two differ. */
function messageOf(endpoint: Endpoint, event: SourceEvent, raw: Uint8Array, to: readonly Delivery[]): NewMessage {
  const { id, identity = id, type, attributes } = event
  return {
    source: endpoint.name,
    id: identity,
    type,
    attributes: identity === id ? attributes : { ...attributes, id },
    body: event.raw ?? raw,
    deliveries: to,
  }
}

const NOWHERE: readonly Delivery[] = Object.freeze([])
/** For events that bring their own. */
const NO_BYTES = new Uint8Array()

function deliveries(
  digest: Digest,
  endpoint: Endpoint,
  routes: readonly Route[],
  event: SourceEvent,
): readonly Delivery[] {
  if (routes.length === 0) return NOWHERE
  const identity = event.identity ?? event.id
  return routes.map((route) => {
    const { flow } = route
    const tenant = tenantOf(flow, endpoint, event)
    const effect = effectKey(digest, flow, endpoint.name, identity)
    const delivery = { flow: flow.name, key: orderingKey(route, event, tenant), effect }
    const delayMs = flow.latestMs ?? 0
    if (tenant === '' && delayMs === 0) return delivery
    return { ...delivery, ...(tenant === '' ? undefined : { tenant }), ...(delayMs === 0 ? undefined : { delayMs }) }
  })
}

/**
 * The contract's key of the mapped message, the flow's own, or that of an outbox. A message that cannot be mapped, or is skipped by its
 * mapping, has no place in anybody's order: it gets a lane of its own, where the worker records why.
 */
function orderingKey({ flow, input }: Route, event: SourceEvent, tenant: string): string {
  if (flow.order === 'none') return event.id
  try {
    const body = input.from.body(event.data)
    if (input.map !== undefined && flow.into !== undefined) {
      const mapped = mapFor(input.map, body, tenant)
      return mapped instanceof Skipped ? event.id : bounded(flow.into.key(mapped), event.id)
    }
    if (flow.key === undefined) return publishedKey(input.from.endpoint, event)
    return bounded(
      flow.key(body, {
        source: input.from.endpoint.name,
        id: event.id,
        type: event.type,
        attributes: event.attributes,
      }),
      event.id,
    )
  } catch {
    return event.id
  }
}

/** Who publishes in an outbox has said which messages keep their order; other senders have not. */
function publishedKey({ scheme }: Endpoint, { id, attributes }: SourceEvent): string {
  return scheme === 'outbox' ? bounded(attributes['partitionkey'], id) : id
}

const KEY_LIMIT = 512

function bounded(key: unknown, otherwise: string): string {
  if (typeof key !== 'string' || key === '') return otherwise
  return key.length > KEY_LIMIT ? key.slice(0, KEY_LIMIT) : key
}
