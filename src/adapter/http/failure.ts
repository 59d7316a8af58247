import { TielineError } from '../../core/error.ts'

/** How far an exchange had come when it failed. */
export type Phase = 'connecting' | 'sent' | 'answering'

/** `POST https://api.stripe.com`: no path and no query, which may hold tokens. */
export type Place = string

const INSIDE: Readonly<Record<Phase, string>> = Object.freeze({
  connecting: 'while connecting',
  sent: 'while waiting for the answer',
  answering: 'while the answer arrived',
})

/** What undici reports, as ours: nothing was sent (HTTP_CONNECT), or nobody knows what the other side did (HTTP_BROKEN). */
export function failureOf(error: Error, place: Place, phase: Phase): TielineError {
  if (error instanceof TielineError) return error
  const code = codeOf(error)
  if (code === 'UND_ERR_INVALID_ARG') {
    if (error.message.includes('407')) {
      return new TielineError('HTTP_CONNECT', `${place}: the proxy asks for a credential (407)`, { cause: error })
    }
    return new TielineError('REQUEST_INVALID', `${place}: ${error.message}`, { cause: error })
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return new TielineError('HTTP_TOO_LARGE', `${place}: the header of the answer is too large`, { cause: error })
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return stopped(place)
  return new TielineError(
    phase === 'connecting' ? 'HTTP_CONNECT' : 'HTTP_BROKEN',
    `${place}: ${code ?? error.name} ${INSIDE[phase]}`,
    { cause: error },
  )
}

export function timedOut(place: Place, timeoutMs: number, phase: Phase): TielineError {
  return new TielineError('HTTP_TIMEOUT', `${place}: ${Math.round(timeoutMs)} ms passed ${INSIDE[phase]}`)
}

/** The caller's own reason where it gave one of ours. */
export function aborted(place: Place, reason: unknown): TielineError {
  if (reason instanceof TielineError) return reason
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new TielineError('HTTP_TIMEOUT', `${place}: the caller’s time ended`, { cause: reason })
  }
  return new TielineError('STOPPING', `${place}: given up by the caller`, { cause: reason })
}

export function stopped(place: Place): TielineError {
  return new TielineError('STOPPING', `${place}: the HTTP client is closed`)
}

/** The first string code on the way down; an AggregateError (all addresses failed) has it on its parts. */
function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && code !== '') return code
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0])
  return error.cause instanceof Error ? codeOf(error.cause) : undefined
}
