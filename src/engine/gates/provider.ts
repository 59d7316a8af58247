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
}

/** A provider that asks for more patience is asked again after so long: an order to wait for a day may be a mistake. */
export const LONGEST_MS = 900_000
/** A window beyond which the other limits say enough. */
const WIDE = 256

export function openProvider(): ProviderState {
  return { untilMono: 0, sinceMono: 0, window: Number.POSITIVE_INFINITY, inFlight: 0, why: '', n: 0 }
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
  if (verdict !== 'ok' || state.window === Number.POSITIVE_INFINITY) return
  state.window = state.window >= WIDE ? Number.POSITIVE_INFINITY : state.window + 1
}

export function roomOfProvider(state: ProviderState, now: number, aheadMs: number): number {
  if (now + aheadMs < state.untilMono) return 0
  return Math.max(0, state.window - state.inFlight)
}
