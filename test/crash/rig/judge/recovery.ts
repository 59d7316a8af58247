import { type Called, FLOWS, type Life } from '../ledger.ts'

/** Milliseconds, one for each kill that left work behind which another process called for again. */
export interface Recovery {
  /** Until the first call for any lane that the killed process had called for last. */
  readonly first: readonly number[]
  /** Until each of those lanes has its call: one for each kill and lane. */
  readonly lanes: readonly number[]
  /** The firsts of those during which another process was stopped, or the network or the server not well. */
  readonly troubled: readonly number[]
}

interface Orphan {
  readonly kill: Kill
  readonly sinceMs: number
}

interface Kill {
  seen: boolean
}

const FLOW = new Map(Object.entries(FLOWS).flatMap(([flow, calls]) => calls.map((call) => [call, flow] as const)))

/**
 * How long after a kill the keys of the killed process were worked on again, from the ledgers of the provider and the supervisor. With one worker
 * the time counts from the last of several kills, for until then nobody was there.
 */
export function recoveryOf(called: readonly Called[], lives: readonly Life[], workers: number): Recovery {
  const first: number[] = []
  const lanes: number[] = []
  const troubled: number[] = []
  const last = new Map<string, number>()
  const orphans = new Map<string, Orphan>()
  const spans = lives.flatMap(({ stopped, troubled, outage }) =>
    [stopped, troubled, outage].filter((one) => one !== undefined),
  )
  const unwell = (fromMs: number, untilMs: number): boolean =>
    spans.some((span) => span.fromMs < untilMs && fromMs < span.untilMs)

  const kills = lives.toSorted((a, b) => a.killedAtMs - b.killedAtMs)
  let next = 0
  for (const { call, key, process, atMs } of called) {
    for (let life = kills[next]; life !== undefined && life.killedAtMs < atMs; life = kills[++next]) {
      const kill: Kill = { seen: false }
      const sinceMs = life.killedAtMs
      if (workers === 1) for (const [lane, { kill: before }] of orphans) orphans.set(lane, { kill: before, sinceMs })
      for (const [lane, pid] of last) if (pid === life.pid) orphans.set(lane, { kill, sinceMs })
    }
    const lane = `${FLOW.get(call)} ${key}`
    const orphan = orphans.get(lane)
    if (orphan !== undefined && last.get(lane) !== process) {
      orphans.delete(lane)
      const ms = atMs - orphan.sinceMs
      const well = !unwell(orphan.sinceMs, atMs)
      if (well) lanes.push(ms)
      if (!orphan.kill.seen) (well ? first : troubled).push(ms)
      orphan.kill.seen = true
    }
    last.set(lane, process)
  }
  return { first, lanes, troubled }
}
