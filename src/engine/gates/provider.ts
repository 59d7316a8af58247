/** What a provider itself asks for. Plain state; every step is a function of (state, now). */
export interface ProviderState {
  /** Monotonic instant until which nothing is sent. */
  untilMono: number
  sinceMono: number
  /** Calls at a time while it is felt out again; Infinity: as many as one likes. */
  window: number
  inFlight: number
  why: string
  /** How often it was closed. */
  n: number
  /** The last answer but one asked for patience, and none has gone well since. */
  asked: boolean
}

/** A provider that asks for more patience is asked again after so long: an order to wait for a day may be a mistake. */
export const LONGEST_MS = 900_000
/** A window beyond which the other limits say enough. */
const WIDE = 256

export function openProvider(): ProviderState {
  return { untilMono: 0, sinceMono: 0, window: Number.POSITIVE_INFINITY, inFlight: 0, why: '', n: 0, asked: false }
}

/** Nothing more for so long; then one call at a time, and one more with each that goes well, as TCP begins (RFC 5681 section 3.1). */
export function closeProvider(state: ProviderState, now: number, ms: number, why: string): boolean {
  const until = now + Math.min(ms, LONGEST_MS)
  if (until <= state.untilMono) return false
  if (now >= state.untilMono) state.sinceMono = now
  state.untilMono = until
  state.window = 1
  state.why = why
  state.n++
  return true
}

/**
 * A call was answered that there are too many. One may be chance, or meant for that call alone: half as many go at a time. Two without a good answer
 * between them mean all: the provider is closed for as long as it asks. True when that is new.
 */
export function slowProvider(state: ProviderState, now: number, ms: number, why: string): boolean {
  if (state.asked) return closeProvider(state, now, ms, why)
  state.asked = true
  if (state.window === Number.POSITIVE_INFINITY) state.sinceMono = now
  state.window = Math.max(1, Math.floor(Math.min(state.window, state.inFlight) / 2))
  state.why = why
  return false
}

export function enterProvider(state: ProviderState, now: number, patienceMs: number): number {
  if (now < state.untilMono) {
    return Math.max(state.untilMono - now, patienceMs + 1) // nobody waits at the door: when it opens, the first goes alone
  }
  if (state.inFlight >= state.window) return Number.POSITIVE_INFINITY
  state.inFlight++
  return 0
}

export function leaveProvider(state: ProviderState, verdict: 'ok' | 'failed' | 'none'): void {
  state.inFlight--
  if (verdict !== 'ok') return
  state.asked = false
  if (state.window === Number.POSITIVE_INFINITY) return
  state.window = state.window >= WIDE ? Number.POSITIVE_INFINITY : state.window + 1
}

export function roomOfProvider(state: ProviderState, now: number, aheadMs: number): number {
  if (now + aheadMs < state.untilMono) return 0
  return Math.max(0, state.window - state.inFlight)
}
