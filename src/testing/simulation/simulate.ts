import { type Run, run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { shrink } from './shrink.ts'
import { tell } from './story.ts'

export interface SimulateOptions {
  /** How many worlds. Default 1,000. */
  readonly seeds?: number
  /** The first seed. Default 1. */
  readonly first?: number
}

export interface SimulationReport {
  readonly scenario: string
  readonly seeds: number
  /** Seeds in which an invariant broke. */
  readonly failed: readonly number[]
  /** Faults that struck, by kind. */
  readonly faults: Readonly<Record<string, number>>
  /** Of all runs together: the same for the same seeds. */
  readonly hash: string
  /** The first failing seed, shrunk: time, actor, event, one line each. */
  readonly story: string | undefined
}

/**
 * Runs declared flows through so many seeded worlds: the real engine and gateway under virtual time, with crashes at any wait, pauses past
 * the lease, lost answers, late, repeated and reordered webhooks. In every world: nothing accepted is lost, no effect is doubled at a
 * provider that honours keys, order per key holds, every message ends in exactly one state, no lane is stuck, every settle is fenced.
 *
 * While it runs, real time, chance and network throw in this process; so it runs alone, and flows that use them fail.
 * @throws {Error} what the scenario itself throws
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SimulationReport> {
  const { seeds = 1_000, first = 1 } = options
  const tally = createTally()
  let broken: Run | undefined
  for (let seed = first; seed < first + seeds; seed++) {
    const one = await run(scenario, seed)
    tally.add(one)
    if (one.failure !== undefined) broken ??= one
  }
  const story = broken === undefined ? undefined : tell((await shrink(scenario, broken)).run)
  return { scenario: scenario.name, seeds, ...tally.sum(), story }
}

/** Sums up runs, in any order. */
export interface Tally {
  add(run: Pick<Run, 'seed' | 'failure' | 'hash' | 'faults'>): void
  sum(): Pick<SimulationReport, 'failed' | 'faults' | 'hash'>
}

export function createTally(): Tally {
  const failed: number[] = []
  const faults: Record<string, number> = {}
  let hash = 0n
  return {
    add: (one) => {
      if (one.failure !== undefined) failed.push(one.seed)
      for (const [kind, count] of Object.entries(one.faults)) faults[kind] = (faults[kind] ?? 0) + count
      // A sum, so that the order of the runs does not matter; with the seed, so that two runs do not change places unseen.
      hash = BigInt.asUintN(64, hash + BigInt(`0x${one.hash}`) * BigInt(2 * one.seed + 1))
    },
    sum: () => ({ failed: failed.sort((a, b) => a - b), faults, hash: hash.toString(16).padStart(16, '0') }),
  }
}
