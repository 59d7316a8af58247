import { sha256 } from '../../adapter/digest.ts'
import { createEngine, type Engine } from '../../engine/engine.ts'
import type { Clock } from '../../port/clock.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'
import type { Door } from '../../serve/gateway/arrival.ts'
import { GATEWAY_LIMITS } from '../../serve/gateway/limits.ts'
import { createLoad } from '../../serve/gateway/load.ts'
import { createReceivers } from '../../serve/gateway/receivers.ts'
import { type HttpParts, httpPort } from './http-port.ts'
import type { Incarnation } from './incarnation.ts'
import type { Scenario } from './scenario.ts'
import type { Sim } from './sim.ts'

/** The real runtime in one simulated process: engine and gateway as they are, on ports of the simulation. */
export interface Process {
  readonly life: Incarnation
  readonly engine: Engine
  readonly doors: ReadonlyMap<string, Door>
}

const RETAIN_MS = 7 * 86_400_000

export function createProcess(parts: HttpParts, scenario: Scenario, life: Incarnation, store: Store): Process {
  const { sim } = parts
  const host: Host = {
    name: life.name,
    clock: clockOf(sim, life),
    random: () => sim.tape.draw('random', 0.9, 16) / 16,
    digest: sha256,
    http: httpPort(parts, life),
    secrets: { read: (name) => scenario.secrets?.[name] ?? [] },
    log: (level, event) => {
      if (level === 'warn' || level === 'error') sim.say(life.name, `logs ${event}`)
    },
  }
  const engine = createEngine({ flows: scenario.flows, store, host, retainMs: RETAIN_MS })
  const { clock, secrets, log } = host
  const { endpoints } = engine.routing
  const options = { endpoints, intake: engine.intake, desk: engine.desk, secrets, clock, log }
  const receivers = createReceivers(options, GATEWAY_LIMITS, createLoad())
  return { life, engine, doors: new Map([...receivers].map(([name, { door }]) => [name, door])) }
}

export function clockOf(sim: Sim, life: Incarnation): Clock {
  return {
    now: () => sim.wall + life.clockOffsetMs,
    mono: () => sim.now + life.monoBase,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (!life.alive) return
        if (signal?.aborted === true) return resolve()
        const wake = (): void => {
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        signal?.addEventListener('abort', wake)
        sim.after(Math.max(0, ms), life, wake)
      }),
  }
}
