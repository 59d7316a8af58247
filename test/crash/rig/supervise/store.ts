import type { Mixture } from '../plan/plan.ts'
import { FILE_POINTS, type Point, SERVER_POINTS } from '../plan/points.ts'
import { fileGround } from './file-ground.ts'
import { canFillDisk } from './full-disk.ts'
import type { Ground } from './ground.ts'

/** A store that the rig can run on. */
export interface StoreUnderTest {
  readonly name: string
  /** Runtimes that may work on it at the same time, and how many do when nothing is said. */
  readonly workers: { readonly most: number; readonly usual: number }
  /** A pooler may stand before it. */
  readonly pooled: boolean
  readonly points: readonly Point[]
  readonly mixture: Mixture
  readonly calmMs: number
  ground(options: GroundOptions): Promise<Ground>
}

export interface GroundOptions {
  readonly folder: string
  readonly workers: number
  readonly pooler: boolean
}

const FULL_DISK: Mixture = canFillDisk() ? { 'with a full disk': 0.025, 'after a full disk': 0.025 } : {}

const sqlite: StoreUnderTest = Object.freeze<StoreUnderTest>({
  name: 'sqlite',
  workers: { most: 1, usual: 1 },
  pooled: false,
  points: FILE_POINTS,
  mixture: { 'paused past the lease': 0.01, ...FULL_DISK, 'while starting': 0.06 },
  calmMs: 0,
  ground: ({ folder }) => fileGround(folder),
})

const postgres: StoreUnderTest = Object.freeze<StoreUnderTest>({
  name: 'postgres',
  workers: { most: 16, usual: 3 },
  pooled: true,
  points: SERVER_POINTS,
  mixture: {
    'paused past the lease': 0.04,
    'network cut': 0.03,
    'network cut past the lease': 0.02,
    'network stalled': 0.03,
    'network stalled past the lease': 0.02,
    'sessions terminated': 0.05,
    'server restarted': 0.02,
    'server crashed': 0.02,
    'while starting': 0.04,
  },
  calmMs: 5_000,
  ground: async ({ workers, pooler }) => (await import('./server-ground.ts')).serverGround(workers, pooler),
})

export const STORES: Readonly<Record<string, StoreUnderTest>> = Object.freeze({ sqlite, postgres })
