import { fdatasync } from 'node:fs'
import { TielineError } from '../../../core/error.ts'
import { WINDOW } from '../../../engine/lanes/lanes.ts'
import type { Clock } from '../../../port/clock.ts'
import { systemClock } from '../../clock/system.ts'

export interface SqliteOptions {
  /** A repeated (source, id) is recognised at least this many messages back. Default 1,000,000 (about 25 MB each million, twice at most). */
  readonly dedupe?: { readonly messages: number }
  /** Messages waiting for the disk before STORE_BUSY. Default 10,000 messages or 64 MB of bodies. */
  readonly queue?: { readonly messages: number; readonly bytes: number }
  /** Waiting ids kept in memory per flow and per key; the rest is read from disk in time. Default 100,000 and 1,000. */
  readonly window?: { readonly flow: number; readonly lane: number }
  /** Size that the write-ahead log is given at once; overwriting syncs faster than appending. Default 32 MB; 0 lets it grow by itself. */
  readonly logBytes?: number
  /** The database file grows no further than this; then STORE_FULL. Default: as far as the disk goes. */
  readonly maxBytes?: number
  /**
   * Told once when the store can no longer be trusted (a failed sync, damage found): end the process, a restart recovers. Default: throws where
   * nobody catches, which ends it.
   */
  readonly onFatal?: (error: TielineError) => void
  /** Default: the machine's own clock. */
  readonly clock?: Clock
  /** Syncs the data of an open file. For tests that cut the power. Default `fs.fdatasync`. */
  readonly sync?: (file: number, done: (error: Error | null) => void) => void
}

export interface Settings {
  readonly dedupe: number
  readonly queueMessages: number
  readonly queueBytes: number
  readonly flowWindow: number
  readonly laneWindow: number
  readonly logBytes: number
  readonly maxBytes: number | undefined
  readonly onFatal: (error: TielineError) => void
  readonly clock: Clock
  readonly sync: (file: number, done: (error: Error | null) => void) => void
}

/** @throws {TielineError} CONFIG_INVALID naming the option. */
export function settingsOf(path: string, options: SqliteOptions): Settings {
  if (path === '' || path.startsWith(':') || path.startsWith('file:')) {
    throw new TielineError(
      'CONFIG_INVALID',
      `sqlite(${JSON.stringify(path)}): give the path of a file; for a store in memory use memory()`,
    )
  }
  return Object.freeze({
    dedupe: atLeast(1, 'dedupe.messages', options.dedupe?.messages ?? 1_000_000),
    queueMessages: atLeast(1, 'queue.messages', options.queue?.messages ?? 10_000),
    queueBytes: atLeast(1, 'queue.bytes', options.queue?.bytes ?? 64 * 1024 * 1024),
    flowWindow: atLeast(1, 'window.flow', options.window?.flow ?? WINDOW.flowWindow),
    laneWindow: atLeast(1, 'window.lane', options.window?.lane ?? WINDOW.laneWindow),
    logBytes: atLeast(0, 'logBytes', options.logBytes ?? 32 * 1024 * 1024),
    maxBytes: options.maxBytes === undefined ? undefined : atLeast(4_096, 'maxBytes', options.maxBytes),
    onFatal: options.onFatal ?? endProcess,
    clock: options.clock ?? systemClock,
    sync: options.sync ?? fdatasync,
  })
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value
  throw new TielineError('CONFIG_INVALID', `sqlite option ${name} is ${value}; give a number of at least ${least}`)
}

function endProcess(error: TielineError): void {
  setImmediate(() => {
    throw error
  })
}
