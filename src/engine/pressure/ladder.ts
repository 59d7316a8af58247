/** 0: all is well. 1: `bulk` is shed. 2: `bulk` is shed and `normal` is slowed, the loudest senders first. `critical` is never refused by a level. */
export type Level = 0 | 1 | 2

/** One place that may be under pressure: the process, or the backlog of one flow. Plain data; times are monotonic milliseconds. */
export interface Ladder {
  level: Level
  /** The last two ratios, newest first. */
  last: number
  before: number
  /** Since when it has been calm enough for the next lower level. */
  calmSinceMs: number
  /** When level 0 came back. */
  openSinceMs: number
}

/** Ratios are what was measured over its budget: at 1 it is used up. */
const RISE: readonly [number, number, number] = [0, 1, 4]
/** A level is left below this part of what leads to it, so that it does not flutter at its edge. */
const CALM = 0.5
/** … and only after so long: senders that were told to come again are back by then, and a first look at what they bring is had. */
export const CALM_MS = 2_000
/**
 * After level 0 is back `bulk` is let in by a share that grows to all within so long. At once would bring the whole overload back.
 * Source of the idea (quick to refuse, slow to admit): H. Zhou et al., "Overload Control for Scaling WeChat Microservices", SoCC 2018.
 */
export const OPENING_MS = 10_000

export function ladder(nowMs: number): Ladder {
  return { level: 0, last: 0, before: 0, calmSinceMs: nowMs, openSinceMs: Number.NEGATIVE_INFINITY }
}

/**
 * Takes one more ratio in. What counts is the middle one of the last three: a burst or a pause of the garbage collector that one look sees
 * is not pressure, a queue that stands is (the rule of CoDel, RFC 8289 section 3: what matters is the delay that does not go away).
 * Returns what stands.
 */
export function climb(on: Ladder, ratio: number, nowMs: number): number {
  const standing = Math.max(Math.min(ratio, on.last), Math.min(Math.max(ratio, on.last), on.before))
  on.before = on.last
  on.last = ratio
  const wanted: Level = standing >= RISE[2] ? 2 : standing >= RISE[1] ? 1 : 0
  if (wanted > on.level) {
    on.level = wanted
    on.calmSinceMs = nowMs
  } else if (on.level > 0 && standing >= RISE[on.level] * CALM) on.calmSinceMs = nowMs
  else if (on.level > 0 && nowMs - on.calmSinceMs >= CALM_MS) {
    on.level = (on.level - 1) as Level
    on.calmSinceMs = nowMs
    if (on.level === 0) on.openSinceMs = nowMs
  }
  return standing
}

/** The share of `bulk` that is let in, 0 to 1. */
export function opening({ level, openSinceMs }: Ladder, nowMs: number): number {
  return level > 0 ? 0 : Math.min(1, (nowMs - openSinceMs) / OPENING_MS)
}
