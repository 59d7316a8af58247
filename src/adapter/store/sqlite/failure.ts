import { TielineError } from '../../../core/error.ts'

// Result codes: https://www.sqlite.org/rescode.html
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const NOTADB = 26
const IOERR_WRITE = 778

function errcode(thrown: unknown): number | undefined {
  const code = (thrown as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code : undefined
}

/** Page contents that cannot be right: the file is never repaired silently. */
export function isCorruption(thrown: unknown): boolean {
  const primary = (errcode(thrown) ?? 0) & 0xff
  return primary === CORRUPT || primary === NOTADB
}

/** The disk's doing, not the statement's: every other transaction of this moment fails too. */
export function isDiskFailure(thrown: unknown): boolean {
  const primary = (errcode(thrown) ?? 0) & 0xff
  return primary === FULL || primary === IOERR || (thrown as { code?: unknown } | null)?.code === 'ENOSPC'
}

/** What a failed read or commit says to the caller. Nothing of it was stored. */
export function storeError(thrown: unknown, path: string): TielineError {
  if (thrown instanceof TielineError) return thrown
  const code = errcode(thrown)
  const full = (code ?? 0) === FULL || code === IOERR_WRITE || (thrown as { code?: unknown } | null)?.code === 'ENOSPC'
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  if (full)
    return new TielineError('STORE_FULL', `no space left for ${path}: ${reason}`, {
      cause: thrown,
      retryAfterMs: 5_000,
    })
  if (isCorruption(thrown)) return corrupt(path, reason, thrown)
  return new TielineError('STORE_UNAVAILABLE', `${path}: ${reason}`, { cause: thrown, retryAfterMs: 1_000 })
}

export function corrupt(path: string, reason: string, cause?: unknown): TielineError {
  return new TielineError('STORE_CORRUPT', `${path} cannot be used: ${reason}`, { cause })
}
