import type { Jitter } from './layer.ts'

/**
 * Full jitter: uniform between 0 and `min(max, base·2ⁿ)` milliseconds.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015; the other two as well.
 */
export function fullJitter(attempt: number, baseMs: number, maxMs: number, random: () => number): number {
  return Math.floor(random() * ceiling(attempt, baseMs, maxMs))
}

/** Equal jitter: half of `min(max, base·2ⁿ)`, and up to as much again. */
export function equalJitter(attempt: number, baseMs: number, maxMs: number, random: () => number): number {
  const half = ceiling(attempt, baseMs, maxMs) / 2
  return Math.floor(half + random() * half)
}

/** Decorrelated jitter: uniform between `base` and three times the pause before, at most `max`. The first time, `previousMs` is 0. */
export function decorrelatedJitter(previousMs: number, baseMs: number, maxMs: number, random: () => number): number {
  const most = Math.max(baseMs, previousMs) * 3
  return Math.floor(Math.min(maxMs, baseMs + random() * (most - baseMs)))
}

/** The pause after failed attempt `attempt` (from 0), by the declared jitter. */
export function pauseBy(
  { jitter, baseMs, maxMs }: { readonly jitter: Jitter; readonly baseMs: number; readonly maxMs: number },
  attempt: number,
  previousMs: number,
  random: () => number,
): number {
  switch (jitter) {
    case 'full':
      return fullJitter(attempt, baseMs, maxMs, random)
    case 'equal':
      return equalJitter(attempt, baseMs, maxMs, random)
    case 'decorrelated':
      return decorrelatedJitter(previousMs, baseMs, maxMs, random)
  }
}

function ceiling(attempt: number, baseMs: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 52))
}
