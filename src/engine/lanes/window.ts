import type { Note } from './lane.ts'

export interface LanesOptions {
  /** Waiting ids kept in memory per flow; later ones stay on disk. Tenants share it, but 16 are kept of each. */
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
  /** 0: nobody's. */
  readonly tenant: number
  readonly note?: Note | undefined
}

/** Where the rest of one tenant's work in one flow begins. */
export interface TenantRest {
  readonly flow: number
  readonly tenant: number
  readonly from: number
}

/** A page of it: all ids from `from` up to before `next`. `ended`: there is nothing after it. */
export interface TenantPage {
  readonly rows: readonly Row[]
  readonly next: number
  readonly ended: boolean
}

/** What to read next: ids from `from`; of all work that has no tenant, or of each of these tenants, or of one lane and below `to`. */
export type Want =
  | { readonly of: 'log'; readonly from: number }
  | { readonly of: 'tenants'; readonly rests: readonly TenantRest[] }
  | { readonly of: 'lane'; readonly lane: number; readonly from: number; readonly to: number }
