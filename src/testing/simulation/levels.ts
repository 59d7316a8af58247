import type { Tape } from './tape.ts'

/** How likely each kind of fault is in one run, per chance that it has; and how many crashes and pauses at most. */
export interface Levels {
  readonly crash: number
  readonly pause: number
  readonly http: number
  readonly store: number
  readonly jump: number
  readonly delay: number
  readonly deploy: number
  readonly wakeUp: number
  crashesLeft: number
  pausesLeft: number
}

const SCALE = [0, 0.4, 1, 3]

/** Swarm testing: each run has its own mix of faults, and some kinds are switched off. Groce et al., "Swarm Testing", ISSTA 2012. */
export function drawLevels(tape: Tape): Levels {
  const level = (): number => SCALE[tape.draw('level', 0.75, SCALE.length)] ?? 0
  return {
    crash: 0.01 * level(),
    pause: 0.008 * level(),
    http: 0.2 * level(),
    store: 0.02 * level(),
    jump: 0.004 * level(),
    delay: 0.006 * level(),
    deploy: 0.15 * level(),
    wakeUp: 0.3 * level(),
    crashesLeft: 4,
    pausesLeft: 3,
  }
}
