import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Flow } from '../declare/flow/flow.ts'
import type { Host } from '../port/host.ts'
import type { Claimed, ClaimRequest, Store } from '../port/store.ts'
import { perform } from './act.ts'
import { createBatcher } from './batch/batcher.ts'
import type { Desk } from './desk.ts'
import { createDesk } from './desk-of-store.ts'
import { createGates } from './gates/gates.ts'
import type { Held } from './held.ts'
import type { Intake } from './intake.ts'
import { keepLeases } from './keeper.ts'
import { createAdmittance } from './pressure/admittance.ts'
import { createPressure } from './pressure/pressure.ts'
import { keepRelay } from './relay.ts'
import { keepRetention } from './retention.ts'
import { type Routing, routing } from './routing.ts'
import { createRunner, type Runner } from './runner.ts'
import { createAudit } from './steering/audit.ts'
import { createControls } from './steering/controls.ts'
import { createDrains } from './steering/drains.ts'
import { resourceOf, resourcesOf } from './steering/resource.ts'
import { createIntake } from './take.ts'
import { createWarm } from './warm.ts'

export interface EngineSpec {
  readonly flows: readonly Flow[]
  readonly store: Store
  readonly host: Host
  /** Finished work is kept so long. Milliseconds. */
  readonly retainMs: number
}

/** One process of the runtime, without its servers: takes messages in, works them off, answers the operator. */
export interface Engine {
  readonly routing: Routing
  readonly intake: Intake
  readonly desk: Desk
  /** Begins to work. The store must be migrated. */
  start(): Promise<void>
  /** Takes nothing more in. */
  close(): void
  /** Claims nothing more, waits for the work at hand, then aborts it; what was aborted is handed back without counting an attempt. */
  drain(graceMs: number): Promise<void>
}

export function createEngine({ flows, store, host, retainMs }: EngineSpec): Engine {
  const table = routing(flows)
  const warm = createWarm()
  const held = new Set<Held>()
  const stopping = new AbortController()
  const closing = new AbortController()
  const runners = new Map<string, Runner>()
  const resources = new Map(flows.map((flow) => [flow, resourcesOf(flow)]))
  const exceptions = new Map<Flow, NonNullable<ClaimRequest['except']>>()
  const audit = createAudit(store, host)
  const controls = createControls({ store, host, flows, audit, changed: wakeAll })
  const gates = createGates({ store, host, flows, controls, wake: (flow) => runners.get(flow)?.wake(), looked })
  const drains = createDrains(store, host, active)
  const startedMono = host.clock.mono()
  let closed: string | undefined
  let progressMono = startedMono
  let watch: AsyncDisposable | undefined
  let idle: (() => void) | undefined
  let claiming: Promise<unknown> = Promise.resolve()
  let relaying: Promise<unknown> = Promise.resolve()
  let pressing: Promise<unknown> = Promise.resolve()

  function wakeAll(): void {
    for (const runner of runners.values()) runner.wake()
  }

  /** Messages at work here that a hand on this resource concerns. */
  function active(target: string): number {
    const { kind, name } = resourceOf(target)
    let count = 0
    if (kind === 'tenant') for (const one of held) count += one.tenant === name ? 1 : 0
    else if (kind === 'key') for (const one of held) count += one.key === name ? 1 : 0
    else for (const runner of runners.values()) if (resources.get(runner.flow)?.has(target)) count += runner.running
    return count
  }

  function ended(flow: Flow): void {
    if (controls.list().length > 0)
      wakeAll() // a limit may span flows
    else runners.get(flow.name)?.wake()
    gates.freed()
    if (held.size === 0) idle?.()
  }

  /** The same object while it says the same: to set lanes aside and to fetch them back is work. */
  function excepted(flow: Flow, now: ClaimRequest['except']): ClaimRequest['except'] {
    if (now === undefined && !exceptions.has(flow)) return undefined
    const before = exceptions.get(flow)
    if (now !== undefined && before !== undefined && same(now.tenants, before.tenants) && same(now.keys, before.keys))
      return before
    if (now === undefined) exceptions.delete(flow)
    else exceptions.set(flow, now)
    return now
  }

  const batcher = createBatcher({
    clock: host.clock,
    stop: stopping.signal,
    perform: (operation, input, terms) => perform(host, operation, input, terms),
  })
  const parts = {
    batcher,
    host,
    store,
    warm,
    held,
    ended,
    stop: stopping.signal,
    room: (flow: Flow, running: number) => Math.min(controls.room(flow, running, active), gates.room(flow)),
    except: (flow: Flow) => excepted(flow, exceptOf(controls.except, gates.closedTenants(flow))),
    gates,
    claimed: (flow: Flow, { message, attempt, crashes, replays }: Claimed) => {
      const first = attempt + crashes + replays === 0 && flow.latestMs === undefined
      if (first && flow.priority !== 'bulk') pressure.waited(message.acceptedAtMs)
    },
    progressed: () => {
      progressMono = host.clock.mono()
    },
  }
  for (const flow of flows) runners.set(flow.name, createRunner(parts, flow))

  const watched = (what: string, loop: Promise<void>): Promise<void> =>
    loop.catch((error: unknown) => host.log('error', what, { fault: faultOf(error) }))

  async function start(): Promise<void> {
    await controls.load()
    await gates.load()
    watch = await store.watch?.((flow) => runners.get(table.flows.get(flow)?.name ?? flow)?.wake())
    claiming = Promise.all([...runners.values()].map((runner) => watched('engine.runner', runner.run())))
    void watched('engine.keeper', keepLeases(store, host, held, stopping.signal))
    void watched('engine.retention', keepRetention(store, host, retainMs, stopping.signal))
    void watched('engine.gates', gates.run(stopping.signal))
    pressing = watched('engine.pressure', pressure.keep(stopping.signal))
    if (store.outbox === undefined) return
    const relay = { outbox: store.outbox, store, host, intake, endpoints: table.endpoints }
    relaying = watched('engine.relay', keepRelay(relay, closing.signal))
  }

  /** The others are told how much is left here of what an operator drains. */
  function looked(): void {
    const draining = controls.list().filter(({ kind }) => kind === 'drain')
    if (draining.length > 0) void drains.report(draining.map(({ target }) => target))
  }

  async function drain(graceMs: number): Promise<void> {
    close()
    for (const runner of runners.values()) runner.stop()
    batcher.flush()
    // A claim may be under way: what it brings is work at hand. The relay hands over to another process.
    await Promise.race([Promise.all([claiming, relaying]), host.clock.sleep(graceMs)])
    if (held.size > 0) {
      const empty = new Promise<void>((resolve) => {
        idle = resolve
      })
      await Promise.race([empty, host.clock.sleep(graceMs)])
      abort()
      if (held.size > 0) await Promise.race([empty, host.clock.sleep(HAND_BACK_MS)])
    } else abort()
    await Promise.race([pressing, host.clock.sleep(HAND_BACK_MS)]) // what was shed is written down
    await watch?.[Symbol.asyncDispose]()
  }

  function abort(): void {
    const reason = new TielineError('STOPPING', 'the runtime is stopping')
    stopping.abort(reason)
    for (const one of held) one.abort?.(reason)
  }

  function close(): void {
    closed ??= 'the runtime is stopping'
    closing.abort()
  }

  const pressure = createPressure({ host, store, routing: table })
  const admittance = createAdmittance({ host, routing: table, pressure, admissions: gates })
  const intake = createIntake({
    routing: table,
    store,
    digest: host.digest,
    warm,
    closed: () => closed,
    pressure,
    admittance,
  })
  const facts = { startedMono, closed: () => closed, progressMono: () => progressMono }
  return {
    routing: table,
    intake,
    desk: createDesk({ store, host, routing: table, controls, drains, audit, gates, facts }),
    start,
    close,
    drain,
  }
}

function exceptOf(controls: ClaimRequest['except'], tenants: readonly string[]): ClaimRequest['except'] {
  if (tenants.length === 0) return controls
  return { tenants: [...(controls?.tenants ?? []), ...tenants], keys: controls?.keys ?? [] }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i])
}

/** For aborted work to be handed back. */
const HAND_BACK_MS = 2_000
