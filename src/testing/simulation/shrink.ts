import { type Run, run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { type Choices, STREAMS, type Stream } from './tape.ts'

export interface Shrunk {
  /** The shortest run found that breaks the same invariant, with its story. */
  readonly run: Run
  readonly replays: number
  /** Choices that are not calm, before and after. */
  readonly from: number
  readonly to: number
}

/** Faults first, then the order of arrival, then delays: what is left is what matters. */
const ORDER: readonly Stream[] = ['jump', 'store', 'http', 'pause', 'crash', 'land', 'send', 'random', 'delay', 'level']

/** Makes choices calm, chunk by chunk, leaves some out and lowers others, while the same invariant still breaks. */
export async function shrink(scenario: Scenario, first: Run, mostReplays = 2_000): Promise<Shrunk> {
  const invariant = first.failure?.invariant
  const from = weight(first.choices)
  let best = first.choices
  let replays = 0

  async function attempt(choices: Choices): Promise<boolean> {
    if (replays >= mostReplays) return false
    replays++
    const again = await run(scenario, first.seed, { replay: choices })
    if (again.failure?.invariant !== invariant) return false
    best = choices
    return true
  }

  async function calm(stream: Stream): Promise<void> {
    for (let size = best[stream].length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < best[stream].length; at += size) {
        const now = best[stream]
        if (!now.slice(at, at + size).some((choice) => choice > 0)) continue
        await attempt({ ...best, [stream]: now.map((choice, i) => (i >= at && i < at + size ? 0 : choice)) })
      }
    }
  }

  async function lower(stream: Stream): Promise<void> {
    for (let at = 0; at < best[stream].length; at++) {
      if (best[stream][at] === 0) continue
      if (await attempt({ ...best, [stream]: best[stream].toSpliced(at, 1) })) continue // what follows moves up
      if (best[stream][at]! > 1) await attempt({ ...best, [stream]: best[stream].with(at, 1) })
    }
  }

  for (let before = Number.POSITIVE_INFINITY; weight(best) < before && replays < mostReplays; ) {
    before = weight(best)
    for (const stream of ORDER) {
      await calm(stream)
      await lower(stream)
    }
  }
  return { run: await run(scenario, first.seed, { replay: best, story: true }), replays, from, to: weight(best) }
}

const weight = (choices: Choices): number =>
  STREAMS.reduce((sum, stream) => sum + choices[stream].filter((choice) => choice > 0).length, 0)
