import { type Guard, guard } from './guard.ts'
import type { Scenario } from './scenario.ts'
import type { Failure } from './sim.ts'
import { type Choices, Tape } from './tape.ts'
import type { Line } from './trace.ts'
import { createWorld, type World } from './world.ts'

export interface Run {
  readonly seed: number
  readonly failure: Failure | undefined
  /** Of everything that happened; the same for the same seed. */
  readonly hash: string
  readonly steps: number
  readonly virtualMs: number
  readonly faults: Readonly<Record<string, number>>
  readonly choices: Choices
  readonly story: readonly Line[] | undefined
}

export interface RunOptions {
  readonly story?: boolean
  /** Choices of a former run in place of those that the seed would make. */
  readonly replay?: Choices
}

const { nextTick } = process

/**
 * Lives through one world. The event loop does not turn meanwhile: an event runs, then everything that it woke. A tick queued from a
 * microtask runs when no microtask is left, which is how "everything has run" is known with public means alone.
 */
export function run(scenario: Scenario, seed: number, options: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const rejections: unknown[] = []
    const onRejection = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', onRejection)
    const { stackTraceLimit } = Error
    let guarded: Guard | undefined
    let world: World
    const hop = (): void => nextTick(turn)

    function turn(): void {
      try {
        while (!world.over() && world.sim.step()) {
          if (!world.sim.woke) continue
          queueMicrotask(hop)
          return
        }
        world.finish()
        restore()
        setImmediate(end)
      } catch (thrown) {
        broken(thrown)
      }
    }

    function end(): void {
      process.off('unhandledRejection', onRejection)
      const { sim } = world
      for (const name of guarded?.touched ?? []) sim.fail('not deterministic', name)
      for (const reason of rejections) sim.fail('unhandled rejection', String(reason))
      const { failure, trace, steps, now, faults, tape } = sim
      resolve({
        seed,
        failure,
        hash: trace.hash,
        steps,
        virtualMs: now,
        faults,
        choices: tape.drawn,
        story: trace.lines,
      })
    }

    function restore(): void {
      guarded?.[Symbol.dispose]()
      Error.stackTraceLimit = stackTraceLimit
    }

    function broken(thrown: unknown): void {
      restore()
      process.off('unhandledRejection', onRejection)
      reject(thrown)
    }

    try {
      const tape = new Tape(seed, options.replay)
      guarded = guard()
      Error.stackTraceLimit = 0 // nobody sees the stacks of the thousands of errors that a world makes
      world = createWorld(scenario, tape, options.story === true)
      queueMicrotask(hop)
    } catch (thrown) {
      broken(thrown)
    }
  })
}
