import type { AdaptiveLayer } from '../layer.ts'
import { type Machine, ROUNDING_MS, type Verdict } from './machine.ts'

/**
 * The limit is decided anew after each round: about one round trip, of calls that began in it, so that they show what the present
 * limit does and not the former one.
 */
export interface AdaptiveState {
  limit: number
  running: number
  /** When the round began. */
  since: number
  /** Of the round: good answers, their time together, failed calls, the most calls at the same time. */
  answers: number
  tookMs: number
  failed: number
  busiest: number
  /** The time of an answer that did not queue. 0: not known yet. */
  baseMs: number
  /** When the base was last measured. */
  measured: number
  /** The limit that the measuring interrupts; 0 outside of it. */
  interrupted: number
}

/** Answers that make a round, at least; as many as the limit, where that is more. */
const ROUND = 20
/**
 * The base is measured anew so often, from so many answers. Source: Envoy, gradient controller (`min_rtt_calc_params`: 60 s in its example, 50 requests);
 * twice as many here, since the whole estimate stands on it: of 60 seeded runs 3 were off by more than 20 % with 50, and none with 100.
 */
const MEASURE_EVERY_MS = 60_000
const MEASURE_ANSWERS = 100
/** What failures do to the limit. Source: Netflix concurrency-limits, `AIMDLimit`. */
const BACK_OFF = 0.9
/** By latency, so many failures are the provider's normal noise. */
const NOISE = 0.1
/** Source: Netflix concurrency-limits, `Gradient2Limit`. */
const SMOOTHING = 0.2
/** Calls that may queue: fewer, and the limit grows; more, and it shrinks. Source: Brakmo, Peterson, "TCP Vegas", IEEE JSAC 13(8), 1995 (Vegas-1,3). */
const QUEUE = Object.freeze({ least: 1, most: 3 })

/**
 * Adaptive concurrency. `gradient` and `vegas` compare the time of answers with that of answers that did not queue, which is measured
 * once a minute with half the calls; `aimd` adds one each round and takes a tenth away when a call fails.
 */
export function adaptiveMachine(layer: AdaptiveLayer): Machine<AdaptiveState> {
  const { by, min, max, slowAfterMs = Number.POSITIVE_INFINITY } = layer
  const bounded = (limit: number): number => Math.min(max, Math.max(min, limit))

  function leave(state: AdaptiveState, now: number, verdict: Verdict, tookMs: number): void {
    if (state.running > 0) state.running--
    if (verdict === 'none' || now - tookMs < state.since - ROUNDING_MS) return
    if (verdict === 'failed' || (by === 'aimd' && tookMs > slowAfterMs)) state.failed++
    else {
      state.answers++
      state.tookMs += tookMs
    }
    if (by === 'aimd') aimd(state, now)
    else if (state.answers + state.failed >= size(state)) byLatency(state, now)
  }

  function aimd(state: AdaptiveState, now: number): void {
    if (state.failed > 0) next(state, now, state.limit * BACK_OFF)
    else if (state.answers >= state.limit) next(state, now, grown(state, state.limit + 1))
  }

  function byLatency(state: AdaptiveState, now: number): void {
    const { limit, answers, failed, interrupted } = state
    const measuring = interrupted > 0 || state.baseMs === 0
    const former = interrupted > 0 ? interrupted : limit
    if (failed > (answers + failed) * NOISE) {
      if (interrupted > 0) state.measured = now
      state.interrupted = 0
      next(state, now, former * BACK_OFF)
      return
    }
    const average = state.tookMs / answers
    if (measuring) {
      state.baseMs = average
      state.measured = now
      state.interrupted = 0
      next(state, now, former)
    } else if (now - state.measured >= MEASURE_EVERY_MS) {
      state.interrupted = limit
      next(state, now, limit / 2)
    } else
      next(
        state,
        now,
        grown(state, by === 'vegas' ? vegas(limit, state.baseMs, average) : gradient(limit, state.baseMs, average)),
      )
  }

  /** A limit that was not half used says nothing about more. */
  function grown(state: AdaptiveState, limit: number): number {
    return limit > state.limit && state.busiest * 2 < state.limit ? state.limit : limit
  }

  function next(state: AdaptiveState, now: number, limit: number): void {
    state.limit = bounded(limit)
    state.since = now
    state.answers = state.failed = state.tookMs = 0
    state.busiest = state.running
  }

  return {
    start: (now) => ({
      limit: layer.initial,
      running: 0,
      since: now,
      answers: 0,
      tookMs: 0,
      failed: 0,
      busiest: 0,
      baseMs: 0,
      measured: now,
      interrupted: 0,
    }),
    enter: (state) => {
      if (state.running >= Math.floor(state.limit)) return Number.POSITIVE_INFINITY
      state.running++
      if (state.running > state.busiest) state.busiest = state.running
      return 0
    },
    leave,
    room: ({ limit, running }) => Math.max(0, Math.floor(limit) - running),
  }
}

function size({ limit, interrupted, baseMs }: AdaptiveState): number {
  return Math.max(interrupted > 0 || baseMs === 0 ? MEASURE_ANSWERS : ROUND, limit)
}

/** By Little's law, so many of the calls under way are in a queue; one more or less each round, and more of large limits. */
function vegas(limit: number, baseMs: number, averageMs: number): number {
  const queue = limit * (1 - baseMs / averageMs)
  const step = Math.max(1, Math.log10(limit))
  if (queue < QUEUE.least) return limit + step
  return queue > QUEUE.most ? limit - step : limit
}

/**
 * The limit times how much slower answers have become, and room to grow.
 * Source: Envoy, gradient controller: `limit · minRTT / sampleRTT + √limit`; half of that room here, for it is the queue in equilibrium.
 */
function gradient(limit: number, baseMs: number, averageMs: number): number {
  const slope = Math.max(0.5, Math.min(1, baseMs / averageMs))
  const wanted = limit * slope + Math.sqrt(limit) / 2
  return limit + (wanted - limit) * SMOOTHING
}
