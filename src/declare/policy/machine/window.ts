import type { RateLimitLayer } from '../layer.ts'
import type { Machine } from './machine.ts'

/** The exact form: a call goes when the call `limit` places before it is `per` ago. */
export interface WindowState {
  readonly by: 'sliding window'
  /** The share of the limit that is this worker's, 0 to 1; may be changed at any time. */
  fraction: number
  /** The fractions of the last `per` that count: the present one, before it the lower ones, each with its end. Ascending. */
  readonly lower: { fraction: number; until: number }[]
  reckoned: number
  /** The last `limit` places given away, oldest at `oldest` once there are so many. Some may lie in the future. */
  readonly places: number[]
  oldest: number
}

export function windowMachine({ limit, perMs }: RateLimitLayer): Machine<WindowState> {
  /** A larger share counts when the smaller has been gone for a whole window: until then others may have used the difference. */
  function places(state: WindowState, now: number): number {
    const { lower, fraction, reckoned } = state
    if (fraction !== reckoned) {
      if (fraction > reckoned) {
        while (lower.length > 0 && (lower.at(-1)?.fraction ?? 0) >= reckoned) lower.pop()
        lower.push({ fraction: reckoned, until: now + perMs })
      } else while (lower.length > 0 && (lower.at(-1)?.fraction ?? 0) >= fraction) lower.pop()
      state.reckoned = fraction
    }
    while (lower.length > 0 && (lower[0]?.until ?? 0) <= now) lower.shift()
    return Math.floor((lower[0]?.fraction ?? fraction) * limit + ROUNDING)
  }

  /** The place given away `back` places ago; long ago where there were fewer. */
  function before({ places: given, oldest }: WindowState, back: number): number {
    if (back > given.length) return Number.NEGATIVE_INFINITY
    return given[(oldest + given.length - back) % given.length] as number
  }

  function enter(state: WindowState, now: number, patienceMs: number): number {
    const most = places(state, now)
    if (most < 1) return Number.POSITIVE_INFINITY
    const place = Math.max(now, before(state, 1), before(state, most) + perMs)
    const wait = place - now
    if (wait > patienceMs) return wait
    if (state.places.length < limit) state.places.push(place)
    else {
      state.places[state.oldest] = place
      state.oldest = (state.oldest + 1) % limit
    }
    return wait
  }

  function room(state: WindowState, now: number, aheadMs: number): number {
    const most = places(state, now)
    // Places that are still within a window at the end of the time ahead; they are in order.
    let low = 0
    let high = Math.min(most, state.places.length)
    const end = now + aheadMs - perMs
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (before(state, middle) > end) low = middle
      else high = middle - 1
    }
    return before(state, 1) > now + aheadMs ? 0 : most - low
  }

  return {
    start: () => ({ by: 'sliding window', fraction: 1, lower: [], reckoned: 1, places: [], oldest: 0 }),
    enter,
    leave: () => {},
    room,
  }
}

/** 0.29 · 100 is 28.999…: a share of whole places is whole. */
const ROUNDING = 1e-9
