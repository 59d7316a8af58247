import { type Call, type Called, FLOWS, type Life } from '../ledger.ts'

interface Lane {
  /** The newest effect: which message, and which of its steps. */
  seq: number
  step: number
  /** The process that first called for a message, by `seq`. */
  readonly begunBy: Map<number, number>
}

const PLACE: ReadonlyMap<Call, { readonly flow: string; readonly step: number }> = new Map(
  Object.entries(FLOWS).flatMap(([flow, calls]) => calls.map((call, step) => [call, { flow, step }] as const)),
)

export interface LaneOrder {
  readonly wrong: readonly string[]
  readonly absorbed: number
}

/** What a process had sent may come in so long after it was killed, let go on or reached the server again. ms */
const LATE_MS = 3_000

/**
 * One lane (flow and key) has one message at a time, in the order of acceptance, which is that of `seq`, whichever process has it. Out of order is an
 * effect out of its turn, and a call for a message after the next one was begun: what is settled is not done again, and SIGKILL undoes no commit.
 * Excused is a repeat, which the provider absorbs, by a process that was killed or stopped or had lost the server while it had the message: another
 * one has gone on, and it does not know yet. Of those there is a count.
 */
export function laneOrder(called: readonly Called[], lives: readonly Life[]): LaneOrder {
  const wrong: string[] = []
  let absorbed = 0
  const lanes = new Map<string, Lane>()
  const late = lateness(lives)
  for (const one of called) {
    const { call, key, seq, first, process } = one
    const { flow, step } = PLACE.get(call) ?? { flow: call, step: 0 }
    const name = `${flow} ${key}`
    const lane = lanes.get(name) ?? { seq: 0, step: -1, begunBy: new Map<number, number>() }
    lanes.set(name, lane)
    if (first) {
      if (seq < lane.seq || (seq === lane.seq && step < lane.step))
        wrong.push(`${name}: ${call} of ${seq} had its effect after step ${lane.step + 1} of ${lane.seq}`)
      else Object.assign(lane, { seq, step })
    }
    const next = lane.begunBy.get(seq + 1)
    if (next !== undefined && next !== process && !first && late(one)) absorbed++
    else if (next !== undefined)
      wrong.push(`${name}: ${call} of ${seq} was called by ${process} after ${next} had begun ${seq + 1}`)
    if (!lane.begunBy.has(seq)) lane.begunBy.set(seq, process)
  }
  return { wrong, absorbed }
}

/** Whether a request may be one that its process had under way when it was killed, stopped or cut off. */
function lateness(lives: readonly Life[]): (call: Called) => boolean {
  const byProcess = new Map(lives.map((life) => [life.pid, life]))
  const outages = lives.flatMap(({ outage }) => outage ?? [])
  return ({ process, atMs }) => {
    const life = byProcess.get(process)
    const killed = life && { fromMs: life.killedAtMs, untilMs: life.killedAtMs }
    const spans = [killed, life?.stopped, life?.troubled, ...outages]
    return spans.some((span) => span !== undefined && atMs >= span.fromMs && atMs <= span.untilMs + LATE_MS)
  }
}
