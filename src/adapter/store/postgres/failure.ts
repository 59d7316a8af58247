import { TielineError } from '../../../core/error.ts'

// SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
const DISK_FULL = '53100'
const NO_PARTITION = '23514'
const NO_RIGHT = '42501'
const READ_ONLY = '25006'
const CONFIGURATION = new Set(['28P01', '28000', '3D000', '3F000', NO_RIGHT])
/** Raised by our own `fence` when the worker has been replaced. */
const FENCED = 'TL001'

/** Raised by our own `same_generation`. */
const GENERATION = 'TL002'

export function isGeneration(thrown: unknown): boolean {
  return sqlState(thrown) === GENERATION
}

export function sqlState(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code
  // EPIPE has five letters too, and comes from the system.
  return typeof code === 'string' && code !== 'EPIPE' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

export function isFenced(thrown: unknown): boolean {
  return sqlState(thrown) === FENCED
}

export function isReadOnly(thrown: unknown): boolean {
  return sqlState(thrown) === READ_ONLY
}

/** The server took this transaction back to let another one go on. */
export function isDeadlock(thrown: unknown): boolean {
  return sqlState(thrown) === '40P01'
}

export function isNoPartition(thrown: unknown): boolean {
  return sqlState(thrown) === NO_PARTITION
}

/** A host of several addresses fails with an error for each of them, and no sentence of its own. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(reasonOf).join(', ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** What a failure says to the caller. Never the address: it may hold a password. */
export function storeError(thrown: unknown, where: string): TielineError {
  if (thrown instanceof TielineError) return thrown
  const state = sqlState(thrown)
  const reason = reasonOf(thrown)
  const of = state === undefined ? '' : ` (SQLSTATE ${state})`
  if (state === DISK_FULL) {
    return new TielineError('STORE_FULL', `no space left for ${where}: ${reason}`, {
      cause: thrown,
      retryAfterMs: 5_000,
    })
  }
  if (state !== undefined && CONFIGURATION.has(state)) {
    return new TielineError('STORE_UNAVAILABLE', `${where} refuses: ${reason}${of}`, {
      cause: thrown,
      retryAfterMs: 5_000,
    })
  }
  return new TielineError('STORE_UNAVAILABLE', `${where}: ${reason}${of}`, { cause: thrown, retryAfterMs: 1_000 })
}

/** At the start a person looks on: what can only be a mistake in the configuration is said as one. */
export function openError(thrown: unknown, where: string): TielineError {
  const state = sqlState(thrown)
  if (state === undefined || !CONFIGURATION.has(state)) return storeError(thrown, where)
  const reason = reasonOf(thrown)
  const advice =
    state === NO_RIGHT
      ? 'give the user CREATE on the database, or create the schema with the user as its owner'
      : 'correct user, password and database of the address'
  return new TielineError('CONFIG_INVALID', `${where} refuses: ${reason}; ${advice}`, { cause: thrown })
}
