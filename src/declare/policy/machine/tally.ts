import type { BreakerLayer } from '../layer.ts'

/** A time window moves by a tenth of itself. */
const SLOTS = 10

/** Calls in a window, and how many of them failed or were slow. */
export interface Tally {
  readonly by: 'calls' | 'time'
  calls: number
  failed: number
  slow: number
  /** The last calls, each 1 failed + 2 slow; or the counts of each slot, `SLOTS` calls, then failed, then slow. */
  readonly marks: number[]
  /** Where the next mark goes; or the number of the present slot since time 0. */
  at: number
}

type Window = BreakerLayer['window']

export function startTally(window: Window): Tally {
  const counts = { calls: 0, failed: 0, slow: 0, at: 0 }
  return 'calls' in window
    ? { by: 'calls', ...counts, marks: [] }
    : { by: 'time', ...counts, marks: new Array(3 * SLOTS).fill(0) }
}

export function clear(tally: Tally): void {
  tally.calls = tally.failed = tally.slow = 0
  if (tally.by === 'calls') tally.marks.length = tally.at = 0
  else tally.marks.fill(0)
}

export function count(tally: Tally, window: Window, now: number, failed: boolean, slow: boolean): void {
  if ('calls' in window) countLast(tally, window.calls, failed, slow)
  else countSlot(tally, window.ms / SLOTS, now, failed, slow)
  tally.calls++
  if (failed) tally.failed++
  if (slow) tally.slow++
}

function countLast(tally: Tally, size: number, failed: boolean, slow: boolean): void {
  const { marks, at } = tally
  if (marks.length === size) {
    const gone = marks[at] as number
    tally.calls--
    tally.failed -= gone & 1
    tally.slow -= gone >> 1
  }
  marks[at] = (failed ? 1 : 0) + (slow ? 2 : 0)
  tally.at = at + 1 === size ? 0 : at + 1
}

function countSlot(tally: Tally, slotMs: number, now: number, failed: boolean, slow: boolean): void {
  const { marks } = tally
  const slot = Math.floor(now / slotMs)
  for (let gone = Math.max(tally.at, slot - SLOTS); gone < slot; gone++) empty(tally, (gone + 1) % SLOTS)
  tally.at = Math.max(tally.at, slot) // a clock that went back adds to the present slot
  const i = tally.at % SLOTS
  marks[i] = (marks[i] as number) + 1
  if (failed) marks[SLOTS + i] = (marks[SLOTS + i] as number) + 1
  if (slow) marks[2 * SLOTS + i] = (marks[2 * SLOTS + i] as number) + 1
}

function empty(tally: Tally, i: number): void {
  const { marks } = tally
  tally.calls -= marks[i] as number
  tally.failed -= marks[SLOTS + i] as number
  tally.slow -= marks[2 * SLOTS + i] as number
  marks[i] = marks[SLOTS + i] = marks[2 * SLOTS + i] = 0
}
