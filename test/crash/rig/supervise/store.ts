import { join } from 'node:path'

/** A store that the rig can run on. */
export interface StoreUnderTest {
  readonly name: string
  /** What TIELINE_STORE names, for a run in this folder. */
  readonly url: (folder: string) => string
}

export const STORES: Readonly<Record<string, StoreUnderTest>> = Object.freeze({
  sqlite: { name: 'sqlite', url: (folder) => `sqlite:${join(folder, 'tieline.db')}` },
})

/** Names that are promised and not there yet. */
export const RESERVED: readonly string[] = Object.freeze(['postgres'])
