import { MemoryCore, MemoryDesk } from '../../adapter/store/memory/index.ts'
import type { Store } from '../../port/store.ts'
import { idSource } from '../../sandbox/seeded-random.ts'
import type { HttpParts } from './http-port.ts'
import { Incarnation } from './incarnation.ts'
import { Invariants } from './invariants.ts'
import { startOperator } from './operator.ts'
import { clockOf, createProcess, type Process } from './process.ts'
import type { Scenario, Stage } from './scenario.ts'
import { startSending } from './sender.ts'
import { Sim } from './sim.ts'
import { storePort } from './store-port.ts'
import type { Tape } from './tape.ts'
import { verdict } from './verdict.ts'

/** One run: one or two processes of the runtime on one store, senders, providers, somebody on duty. */
export interface World {
  readonly sim: Sim
  /** Nothing is left to happen that could change anything. */
  readonly over: () => boolean
  /** What can be told only at the end. */
  readonly finish: () => void
}

const DOWN_MS = [500, 50, 5_000, 12_000]
const DEADLINE_MS = 900_000
const MOST_STEPS = 100_000
/** After everything is at rest: whatever is still on its way arrives. */
const SETTLES_MS = 500
const DRAIN_MS = 10_000
const WINDOWS = [Number.POSITIVE_INFINITY, 3, 8]

export function createWorld(scenario: Scenario, tape: Tape, story: boolean): World {
  const sim = new Sim(tape, story)
  const processes: (Process | undefined)[] = []
  const watchers = new Set<{ readonly life: Incarnation; readonly wake: (flow: string) => void }>()
  const ready = new Set<string>()
  let boots = 0
  let restAt: number | undefined
  let ticksAt = Number.POSITIVE_INFINITY

  const runtimes = 2 - tape.draw('level', 0.3, 2)
  const flowWindow = WINDOWS[tape.draw('level', 0.3, WINDOWS.length)] ?? 1
  const core = new MemoryCore({
    flowWindow,
    laneWindow: flowWindow === 3 ? 1 : Number.POSITIVE_INFINITY,
    remembered: 1_000_000,
    onFlow: (flow) => ready.add(flow),
  })
  const desk = new MemoryDesk(core)
  const invariants = new Invariants(sim, core, scenario.flows)
  const stage: Stage = {
    random: () => tape.draw('send', 1, 256) / 256,
    startMs: sim.wall,
    effect: (flow, message, effect) => invariants.effect({ flow, message }, effect),
    fail: (invariant, detail) => sim.fail(invariant, detail),
  }
  const cast = scenario.cast(stage)
  let unheard = cast.sends.length

  /** What the store does by itself after each transaction: wakes who watches (a wake-up may be lost), and itself when something is due. */
  function changed(): void {
    const next = core.expire({ now: sim.wall, mono: sim.now })
    for (const flow of ready) {
      for (const { life, wake } of watchers) {
        if (tape.draw('land', sim.levels.wakeUp, 2) === 1) sim.fault('wake-up lost', 'world', `${life.name} ${flow}`)
        else sim.after(sim.delay(life), life, () => wake(flow))
      }
    }
    ready.clear()
    if (next < ticksAt) {
      ticksAt = next
      sim.at(Math.max(next, sim.now + 1), undefined, () => {
        ticksAt = Number.POSITIVE_INFINITY
        changed()
      })
    }
    rest()
  }

  function resting(): boolean {
    if (unheard > 0) return false
    for (const { state } of core.works.values()) if (state === 'pending' || state === 'dead') return false
    return true
  }

  /** A worker may publish again after everything was at rest: then it is at rest once more, later. */
  function rest(): void {
    if ((restAt !== undefined && sim.now < restAt) || !resting()) return
    sim.say('world', 'is at rest')
    restAt = sim.now + SETTLES_MS
    for (const process of processes) restAt = Math.max(restAt, (process?.life.pausedUntilMs ?? 0) + SETTLES_MS)
    sim.at(restAt, undefined, () => {})
  }

  const http: HttpParts = { sim, cast, invariants, nextId: idSource(stage.random) }

  function live(place: number): Incarnation {
    const pace = [1, 1, 3, 10][tape.draw('level', 0.5, 4)] ?? 1
    boots++
    return new Incarnation(
      place,
      `${place < runtimes ? 'process' : 'worker'}${place}#${boots}`,
      pace,
      boots * 1_000_000,
    )
  }

  function portOf(life: Incarnation): Store {
    return storePort({ sim, core, desk, invariants, changed }, life, async (wake) => {
      const watcher = { life, wake }
      watchers.add(watcher)
      return { [Symbol.asyncDispose]: async () => void watchers.delete(watcher) }
    })
  }

  function leave(life: Incarnation): void {
    for (const watcher of watchers) if (watcher.life === life) watchers.delete(watcher)
  }

  function boot(place: number): void {
    const life = live(place)
    const worker = cast.workers?.[place - runtimes]
    sim.after(0, life, () => {
      sim.say(life.name, 'starts')
      if (worker !== undefined) {
        void worker({ name: life.name, store: portOf(life), sleep: clockOf(sim, life).sleep })
        return
      }
      const process = createProcess(http, scenario, life, portOf(life))
      processes[place] = process
      void process.engine.start().catch(() => sim.crash(life)) // a start that fails ends the process
      deploy(process)
    })
  }

  /** A new release, perhaps: SIGTERM, and the next process starts when this one has drained. */
  function deploy({ life, engine }: Process): void {
    const seconds = tape.draw('level', sim.levels.deploy, 15)
    if (seconds === 0) return
    sim.after(seconds * 1_000, life, () => {
      sim.fault('restart', 'world', life.name)
      void engine.drain(DRAIN_MS).then(() => sim.crash(life))
    })
  }

  sim.onCrash = (life) => {
    leave(life)
    processes[life.place] = undefined
    sim.after(DOWN_MS[tape.draw('crash', 0.7, DOWN_MS.length)] ?? 500, undefined, () => boot(life.place))
  }

  const content = (): void => {
    unheard--
    rest()
  }
  for (let place = 0; place < runtimes + (cast.workers?.length ?? 0); place++) boot(place)
  startSending({ sim, invariants, runtimes, processes, content }, cast.sends)
  startOperator(sim, core, processes)

  return {
    sim,
    over: () =>
      sim.failure !== undefined ||
      sim.now > DEADLINE_MS ||
      sim.steps > MOST_STEPS ||
      (restAt !== undefined && sim.now >= restAt && resting()),
    finish: () => {
      if (sim.failure !== undefined) return
      if (sim.steps > MOST_STEPS) sim.fail('never at rest', `${MOST_STEPS} steps`)
      const acting = cast.subject === undefined ? [] : scenario.flows.map(({ name }) => name)
      verdict(sim, core, invariants, unheard, new Set(acting))
      cast.judge?.(desk.history([...core.works.keys()].map(String)))
    },
  }
}
