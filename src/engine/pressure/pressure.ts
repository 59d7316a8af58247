import { TielineError } from '../../core/error.ts'
import { faultOf } from '../../core/fault.ts'
import type { Flow, Priority } from '../../declare/flow/flow.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'
import type { Route, Routing } from '../routing.ts'
import { Gauge, ratioOf } from './gauge.ts'
import type { Level } from './ladder.ts'
import { createLedger, type Shed, type ShedClass } from './ledger.ts'
import { isOverUnread } from './shares.ts'
import { isCalm, letIn, refusedBy, type Sender, step, type Zone, zone } from './zone.ts'

export interface PressureParts {
  readonly host: Pick<Host, 'clock' | 'random' | 'log' | 'busy'>
  readonly store: Pick<Store, 'status' | 'read' | 'write'>
  readonly routing: Routing
  /** Pending work that a flow may have. */
  readonly bound?: (flow: Flow) => number
}

/** How much more this process takes in. It is told what happens at the doors, looks four times a second while anything does, and rests otherwise. */
export interface Pressure {
  /** Nobody is refused: ask no further. */
  readonly calm: boolean
  /** Of the process. */
  readonly level: Level
  /** An accept begins: its moment. */
  begun(): number
  stored(begunMs: number): void
  failed(error: unknown): void
  /** A message that is not of the lowest class has just been claimed for the first time: when it was accepted, by the store's clock. */
  waited(acceptedAtMs: number): void
  /** How much of the memory for bodies is in use, 0 to 1. */
  held(share: number): void
  /** Why a request of this class, for these flows, is refused now. */
  refused(priority: Priority, routes: readonly Pick<Route, 'flow'>[], sender: Sender): 'class' | 'share' | undefined
  /** Whether all that this source sends is over its share: known before a request is read, where it has no tenants. */
  refusedUnread(source: string): boolean
  /** A request was let in while it is not calm. */
  letIn(routes: readonly Pick<Route, 'flow'>[], sender: Sender): void
  /** The level that holds for these flows: that of the process, or of a backlog of theirs. */
  levelOf(routes: readonly Pick<Route, 'flow'>[]): Level
  /** Records a refusal. */
  shed(source: string, priority: ShedClass): void
  counts(): readonly Shed[]
  /** Looks, until `stop`. Without it the level stays 0. */
  keep(stop: AbortSignal): Promise<void>
}

const LOOK_MS = 250 // three looks decide: three quarters of a second at most
const BACKLOG_MS = 1_000
/**
 * Work of one flow that waits on disk: about 2 GB of usual webhooks, and hours of a provider that is down. A backlog is what the store is for,
 * so this bound is wide, and it concerns that flow alone.
 */
const BACKLOG = 1_000_000

export function createPressure({ host, store, routing, bound = () => BACKLOG }: PressureParts): Pressure {
  const { clock, random, log } = host
  const gauge = new Gauge()
  const ledger = createLedger(store, host)
  const here = zone(clock.mono())
  /** Flows that have, or had just now, half of their bound. */
  const backlogs = new Map<Flow, Zone>()
  let calm = true
  let accepted = false
  let lookedMono = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  let wake: (() => void) | undefined

  function look(lateMs: number): void {
    const now = clock.mono()
    accepted ||= gauge.busy
    const measured = gauge.look(lateMs, host.busy?.() ?? 0, now)
    const before = here.ladder.level
    step(here, ratioOf(measured), now)
    const { level } = here.ladder
    if (level !== before) log(level > before ? 'warn' : 'info', 'engine.pressure', { level, ...measured })
    if ((accepted || backlogs.size > 0) && looking === undefined && now - lookedMono >= BACKLOG_MS) {
      lookedMono = now
      accepted = false
      looking = lookAtBacklogs().finally(() => {
        looking = undefined
      })
    }
    settle(now)
  }

  async function lookAtBacklogs(): Promise<void> {
    try {
      const pending = new Map<Flow, number>()
      for (const one of (await store.status()).flows) {
        const flow = routing.flows.get(one.flow) // also by its former name
        if (flow !== undefined) pending.set(flow, (pending.get(flow) ?? 0) + one.pending)
      }
      const now = clock.mono()
      for (const flow of new Set([...pending.keys(), ...backlogs.keys()]))
        stepBacklog(flow, pending.get(flow) ?? 0, now)
      settle(now)
    } catch (error) {
      log('warn', 'engine.pressure', { fault: faultOf(error) }) // what is known stays in force
    }
  }

  function stepBacklog(flow: Flow, pending: number, now: number): void {
    const ratio = pending / bound(flow)
    const known = backlogs.get(flow)
    if (known === undefined && ratio < 0.5) return
    const on = known ?? zone(now)
    const before = on.ladder.level
    step(on, ratio, now)
    const { level } = on.ladder
    if (level !== before) log(level > before ? 'warn' : 'info', 'engine.pressure', { level, flow: flow.name, pending })
    if (ratio < 0.5 && isCalm(on, now)) backlogs.delete(flow)
    else backlogs.set(flow, on)
  }

  function settle(now: number): void {
    calm = isCalm(here, now)
    for (const on of backlogs.values()) calm &&= isCalm(on, now)
  }

  function wakeUp(): void {
    wake?.()
    wake = undefined
  }

  /** Until something happens that may press. An idle process sets no timers. */
  function rest(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve
    })
  }

  /** The zones that an event for these flows passes, but for the process itself. */
  function* of(routes: readonly Pick<Route, 'flow'>[]): Iterable<Zone> {
    if (backlogs.size === 0) return
    for (const { flow } of routes) {
      const on = backlogs.get(flow)
      if (on !== undefined) yield on
    }
  }

  return {
    get calm() {
      return calm
    },
    get level() {
      return here.ladder.level
    },
    begun: () => {
      const now = clock.mono()
      gauge.begun(now)
      if (wake !== undefined) wakeUp()
      return now
    },
    stored: (begunMs) => gauge.stored(begunMs, clock.mono()),
    failed: (error) => {
      const full = error instanceof TielineError && (error.code === 'STORE_BUSY' || error.code === 'STORE_FULL')
      gauge.failed(full, clock.mono())
    },
    waited: (acceptedAtMs) => gauge.waited(clock.now() - acceptedAtMs),
    held: (share) => {
      gauge.held(share)
      if (wake !== undefined) wakeUp()
    },
    refused: (priority, routes, sender) => {
      const now = clock.mono()
      const chance = random()
      let why = refusedBy(here, priority, sender, now, chance)
      for (const on of of(routes)) why ??= refusedBy(on, priority, sender, now, chance)
      return why
    },
    refusedUnread: (source) => isOverUnread(here.shares, source),
    letIn: (routes, sender) => {
      letIn(here, sender)
      for (const on of of(routes)) letIn(on, sender)
    },
    levelOf: (routes) => {
      let level = here.ladder.level
      for (const on of of(routes)) if (on.ladder.level > level) level = on.ladder.level
      return level
    },
    shed: ledger.shed,
    counts: ledger.counts,
    keep: async (stop) => {
      stop.addEventListener('abort', wakeUp, { once: true })
      while (!stop.aborted) {
        if (calm && !gauge.busy && !accepted && backlogs.size === 0 && !ledger.unsaved && looking === undefined)
          await rest()
        const before = clock.mono()
        await clock.sleep(LOOK_MS, stop)
        if (stop.aborted) break
        look(clock.mono() - before - LOOK_MS)
        void ledger.save()
      }
      await ledger.save(true)
    },
  }
}
