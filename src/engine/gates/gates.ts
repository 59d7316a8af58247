import { TielineError } from '../../core/error.ts'
import { quotaOf } from '../../declare/fault/quota.ts'
import type { Flow } from '../../declare/flow/flow.ts'
import { type GateLayer, isGate, type Layer, type RateLimitLayer } from '../../declare/policy/layer.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'
import type { Seen } from '../act.ts'
import { batchLimit } from '../batch/slots.ts'
import type { Control, GateFacts } from '../desk.ts'
import { type Admission, type Admissions, isSource, type Resource, resourceName } from '../policy/admission.ts'
import type { Controls } from '../steering/controls.ts'
import { operationsOf } from '../steering/resource.ts'
import { Account } from './account.ts'
import { describeGate, describeProvider } from './describe.ts'
import type { Gate } from './gate.ts'
import { Precedence } from './precedence.ts'
import { closeProvider, slowProvider } from './provider.ts'
import { createStep } from './step.ts'
import { Target } from './target.ts'

/** All gates of this process. What one worker learns of a provider holds for all within a second. */
export interface Gates extends Admissions {
  /** What was decided before the start, and by the others. */
  load(): Promise<void>
  /** Keeps in step with the others until `stop`. */
  run(stop: AbortSignal): Promise<void>
  /** A call has ended: wakes the flows that found no room. */
  freed(): void
  /** An answer, or its absence: what it says of the calls that are left. */
  readonly seen: Seen
  /** Messages of this flow that could be called for by now: its lanes stay where they are when there is no room. */
  room(flow: Flow): number
  /** A claim for this flow took so many; they are on their way to its gates. */
  took(flow: Flow, count: number): void
  /** One of them has come to its gates, or never will. */
  arrived(flow: Flow): void
  /** Milliseconds until there may be room again by itself; Infinity: a change will tell. */
  opensIn(flow: Flow): number
  /** Tenants of this flow whose own gates have no room. */
  closedTenants(flow: Flow): readonly string[]
  /** What keeps this flow from calling, in words. */
  closedFor(flow: Flow): string | undefined
  list(): readonly GateFacts[]
  /** @throws {TielineError} NOT_FOUND */
  probe(target: string): readonly GateFacts[]
}

export interface GatesParts {
  readonly store: Store
  readonly host: Host
  readonly flows: readonly Flow[]
  readonly controls: Controls
  readonly wake: (flow: string) => void
  /** After each look at what the others say. */
  readonly looked: () => void
}

/** What is claimed may wait so long for its turn; less would leave a rate unused between two claims. */
const AHEAD_MS = 100
const LOOK_AHEAD_MS: readonly number[] = [10, 20, 50, 100, 250, 500, 1_000]
/** What a tenant's gate knows of the other workers is kept up to date for so long after its last call. */
const TENANT_MS = 10_000
/** Tenants whose gates are kept; one that was not used for longest begins anew when it comes back. */
const TENANTS = 10_000

export function createGates({ store, host, flows, controls, wake, looked }: GatesParts): Gates {
  const targets = new Map<string, Target>()
  const tenants = new Map<string, Target>()
  const accounts = new Map<string, Account>()
  /** Operators' limits, each a resource of its own: it ends with its control. */
  const limits = new Map<string, Target>()
  const ways = new Map(flows.map((flow) => [flow, wayOf(flow)]))
  const begins = new Map<Flow, readonly Admission[]>()
  const expected = new Map<Flow, number>()
  /** The room that a flow found last, and the flows that found none. */
  const found = new Map<Flow, number>()
  const waiting = new Set<Flow>()
  const precedence = new Precedence(flows, (flow) => ways.get(flow)?.resource.connector)
  const shared = store.traits.writers === 'many'
  const step = createStep({
    store,
    host,
    targets: () => [...targets.values(), ...limits.values(), ...busyTenants()],
    beside: controls,
    looked: () => {
      forgetLimits()
      freed()
      looked()
    },
  })

  function freed(): void {
    for (const flow of waiting) wake(flow.name)
  }

  function busyTenants(): readonly Target[] {
    const since = host.clock.mono() - TENANT_MS
    return [...tenants.values()].filter(({ usedMono }) => usedMono >= since)
  }

  function limitOf({ target: on, perSecond = 0 }: Control): Gate {
    const name = `${on} at ${perSecond}/s`
    let known = limits.get(name)
    if (known === undefined) {
      known = new Target(name, host.name, shared, step.moved)
      limits.set(name, known)
    }
    for (const gate of known.gates) return gate
    return known.of(limitLayer(perSecond), host.clock.mono())
  }

  function forgetLimits(): void {
    if (limits.size === 0) return
    const now = new Set(controls.list().map(({ target: on, perSecond }) => `${on} at ${perSecond}/s`))
    for (const name of limits.keys()) if (!now.has(name)) limits.delete(name)
  }

  function target(name: string, of: Map<string, Target>): Target {
    let known = of.get(name)
    if (known === undefined) {
      known = new Target(name, host.name, shared, step.moved)
      of.set(name, known)
      if (of === tenants && tenants.size > TENANTS) tenants.delete(tenants.keys().next().value as string)
    } else if (of === tenants) {
      tenants.delete(name)
      tenants.set(name, known)
    }
    if (of === tenants) known.usedMono = host.clock.mono()
    return known
  }

  function of(layer: GateLayer, resource: Resource): Gate {
    const known = layer.each === 'tenant' ? tenants : targets
    return target(resourceName(layer.each, resource), known).of(layer, host.clock.mono(), isSource(resource))
  }

  function account({ connector, operation }: Resource): Account {
    const name = `${connector}.${operation}`
    let known = accounts.get(name)
    if (known === undefined) {
      const provider = target(`connector:${connector}`, targets)
      known = new Account({ connector, operation, provider, controls, limitOf })
      accounts.set(name, known)
    }
    return known
  }

  const seen: Seen = ({ connector, operation }, { quota: quotaOfProvider = quotaOf }, headers, error) => {
    const quota = quotaOfProvider(headers)
    const busy = error?.code === 'PROVIDER_BUSY' ? (error.retryAfterMs ?? 0) : 0
    if (busy <= 0 && (quota === undefined || quota.remaining > 0)) return
    const { provider } = target(`connector:${connector}`, targets)
    const now = host.clock.mono()
    const closed =
      busy > 0
        ? slowProvider(provider, now, busy, error?.message ?? '')
        : closeProvider(provider, now, quota?.resetMs ?? 0, `${operation}: its quota is used up`)
    if (closed) step.moved()
  }

  /** Its first call decides whether a message should begin; what comes later in a saga waits where it is. */
  function gatesOf(flow: Flow): readonly Admission[] {
    let gates = begins.get(flow)
    if (gates === undefined) {
      gates = gatesOn(ways.get(flow))
      begins.set(flow, gates)
    }
    return gates
  }

  function gatesOn(way: Way | undefined): readonly Admission[] {
    if (way === undefined) return []
    const { resource, layers } = way
    return [account(resource), ...layers.filter(({ each }) => each !== 'tenant').map((layer) => of(layer, resource))]
  }

  function room(flow: Flow, aheadMs: number): number {
    const now = host.clock.mono()
    let room = Number.POSITIVE_INFINITY
    for (const gate of gatesOf(flow)) room = Math.min(room, gate.room(now, aheadMs))
    return room * (batchLimit(flow) ?? 1) - (expected.get(flow) ?? 0)
  }

  function turn(flow: Flow): number {
    const free = room(flow, AHEAD_MS)
    found.set(flow, free)
    if (free === Number.POSITIVE_INFINITY) return free
    const now = host.clock.mono()
    if (free <= 0) precedence.foundNone(flow, now)
    const mine = free > 0 && precedence.yieldsFor(flow, now) > 0 ? 0 : free
    if (mine <= 0) waiting.add(flow)
    else if (waiting.size > 0) waiting.delete(flow)
    return mine
  }

  function facts(): readonly GateFacts[] {
    const now = host.clock.mono()
    return [...targets.values(), ...limits.values(), ...tenants.values()].flatMap((one) => {
      const gates = [...one.gates].map((gate) => describeGate(one, gate, now))
      const provider = describeProvider(one, now)
      return provider === undefined ? gates : [provider, ...gates]
    })
  }

  function closedFor(flow: Flow): string | undefined {
    const way = ways.get(flow)
    if (way === undefined) return undefined
    const names = (['connector', 'operation'] as const).map((each) => resourceName(each, way.resource))
    const mine = ({ target: on }: GateFacts): boolean =>
      names.some((name) => on === name || on.startsWith(`${name} at `))
    const closed = facts().find((one) => mine(one) && one.state !== 'open for calls')
    if (closed === undefined) return undefined
    const since = new Date(host.clock.now() - (closed.forMs ?? 0)).toISOString()
    const until =
      closed.opensInMs === undefined
        ? ''
        : `, and is tried again at ${new Date(host.clock.now() + closed.opensInMs).toISOString()}`
    return `the ${closed.kind} of ${closed.target} holds it since ${since}${until}${closed.why === undefined ? '' : `: ${closed.why}`}`
  }

  return {
    of,
    account,
    seen,
    load: async () => {
      for (const flow of flows) gatesOf(flow)
      await step.begin()
    },
    run: step.run,
    freed,
    room: turn,
    took: (flow, count) => {
      if (count > 0) expected.set(flow, (expected.get(flow) ?? 0) + count)
      const free = found.get(flow) ?? Number.POSITIVE_INFINITY
      if (free !== Number.POSITIVE_INFINITY) precedence.took(flow, count, count >= free, host.clock.mono())
    },
    arrived: (flow) => {
      expected.set(flow, (expected.get(flow) ?? 1) - 1)
    },
    opensIn: (flow) => {
      const ms = LOOK_AHEAD_MS.find((ahead) => room(flow, ahead + AHEAD_MS) > 0) ?? Number.POSITIVE_INFINITY
      return Math.max(ms, precedence.yieldsFor(flow, host.clock.mono()))
    },
    closedTenants: (flow) => {
      const way = ways.get(flow)
      const layers = way?.layers.filter(({ each }) => each === 'tenant') ?? []
      if (way === undefined || layers.length === 0) return []
      const prefix = `tenant:${way.resource.connector}.`
      const now = host.clock.mono()
      const closed = busyTenants().filter(
        ({ name, gates }) => name.startsWith(prefix) && [...gates].some((gate) => gate.room(now, AHEAD_MS) <= 0),
      )
      return closed.map(({ name }) => name.slice(prefix.length))
    },
    closedFor,
    list: facts,
    probe: (name) => {
      const at = targets.get(name) ?? tenants.get(name)
      if (at === undefined) {
        const all = [...targets.keys()].join(', ')
        throw new TielineError('NOT_FOUND', `there is no gate at ${JSON.stringify(name)}; there are ${all}`)
      }
      at.probe(host.clock.mono())
      step.moved()
      freed()
      return facts().filter((one) => one.target === name)
    },
  }
}

interface Way {
  readonly resource: Resource
  readonly layers: readonly GateLayer[]
}

function wayOf(flow: Flow): Way | undefined {
  const [operation] = operationsOf(flow)
  if (operation === undefined) return undefined
  const { connector, name } = operation.spec
  const policy =
    flow.to.kind === 'target' ? (flow.to.policy ?? connector.policy) : (flow.to.steps[0]?.policy ?? connector.policy)
  return { resource: { connector: connector.name, operation: name, tenant: '' }, layers: gateLayers(policy.layers) }
}

/** A budget has nothing to say to a first attempt. */
function gateLayers(layers: readonly Layer[]): readonly GateLayer[] {
  return layers.filter(isGate).filter(({ kind }) => kind !== 'retry budget')
}

/** Whole calls in a window: 90 a minute are 1.5 a second, and one each 667 milliseconds. */
function limitLayer(perSecond: number): RateLimitLayer {
  const rate = perSecond >= 1 ? { limit: perSecond, perMs: 1_000 } : { limit: 1, perMs: 1_000 / perSecond }
  return { kind: 'rate limit', each: 'connector', by: 'token bucket', burst: 0, ...rate }
}
