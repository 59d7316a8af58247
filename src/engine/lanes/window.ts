import type { Note } from './lane.ts'

export interface LanesOptions {
  /** Waiting ids kept in memory per flow; later ones stay on disk. */
  readonly flowWindow: number
  /** Waiting ids kept in memory per lane, so that one hot key does not fill the window of its flow. */
  readonly laneWindow: number
  /** Number that tokens start above: larger than any given out before. */
  readonly tokens?: number
  /** A lane of this flow can be leased now. Must not call back. */
  readonly onReady?: (flow: number) => void
}

export const WINDOW: Readonly<{ flowWindow: number; laneWindow: number }> = Object.freeze({
  flowWindow: 100_000,
  laneWindow: 1_000,
})

/** A piece of work on disk. */
export interface Row {
  readonly id: number
  readonly lane: number
  readonly flow: number
  readonly note?: Note | undefined
}

/** What to read from the log next: ids from `from`, of everything, or of one lane and below `to`. */
export type Want =
  | { readonly of: 'log'; readonly from: number }
  | { readonly of: 'lane'; readonly lane: number; readonly from: number; readonly to: number }
