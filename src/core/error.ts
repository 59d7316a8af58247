import { CODES, type Disposition, type ErrorCode } from './codes.ts'

export interface ErrorOptions {
  readonly cause?: unknown
  /** Overrides what the code says. */
  readonly disposition?: Disposition
  /** The other side asked for at least this pause, in milliseconds. */
  readonly retryAfterMs?: number
}

/** The one error class. `code` is stable, `disposition` says what the engine does, `advice` what a person does. */
export class TielineError extends Error {
  override readonly name = 'TielineError'
  readonly code: ErrorCode
  readonly disposition: Disposition
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.disposition = options.disposition ?? CODES[code].disposition
    this.retryAfterMs = options.retryAfterMs
  }

  get advice(): string {
    return CODES[this.code].advice
  }
}

/** Any thrown thing as a `TielineError`; what is unknown may be retried. */
export function toTielineError(thrown: unknown): TielineError {
  if (thrown instanceof TielineError) return thrown
  return new TielineError('UNKNOWN', thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown), {
    cause: thrown,
  })
}
