import { type Call, type Called, FLOWS } from '../ledger.ts'

interface Lane {
  /** The newest effect: which message, and which of its steps. */
  seq: number
  step: number
  /** The first life of the runtime that called for a message, by `seq`. */
  readonly begunBy: Map<number, number>
}

const PLACE: ReadonlyMap<Call, { readonly flow: string; readonly step: number }> = new Map(
  Object.entries(FLOWS).flatMap(([flow, calls]) => calls.map((call, step) => [call, { flow, step }] as const)),
)

/**
 * One lane (flow and key) has one message at a time, in the order of acceptance, which is that of `seq`. Out of order is an effect out of its turn,
 * and a call for a message after the next one was begun: by the same process or by one before it, for what is settled is not done again, and
 * SIGKILL undoes no commit. A request that a dead process had sent may still come in late.
 */
export function laneOrder(called: readonly Called[]): readonly string[] {
  const wrong: string[] = []
  const lives = new Map<number, number>()
  const lanes = new Map<string, Lane>()
  for (const { call, key, seq, first, process } of called) {
    const { flow, step } = PLACE.get(call) ?? { flow: call, step: 0 }
    const name = `${flow} ${key}`
    const lane = lanes.get(name) ?? { seq: 0, step: -1, begunBy: new Map<number, number>() }
    lanes.set(name, lane)
    if (first) {
      if (seq < lane.seq || (seq === lane.seq && step < lane.step))
        wrong.push(`${name}: ${call} of ${seq} had its effect after step ${lane.step + 1} of ${lane.seq}`)
      else Object.assign(lane, { seq, step })
    }
    const life = lives.get(process) ?? lives.size
    lives.set(process, life)
    const next = lane.begunBy.get(seq + 1) ?? Number.POSITIVE_INFINITY
    if (next <= life) wrong.push(`${name}: ${call} of ${seq} was called after ${seq + 1} had begun`)
    if (!lane.begunBy.has(seq)) lane.begunBy.set(seq, life)
  }
  return wrong
}
