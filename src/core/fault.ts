import { toTielineError } from './error.ts'

/** Why something failed, as plain data: what a dead letter, a retry and a quarantined message carry. */
export interface Fault {
  readonly code: string
  /** For people; bounded in length and free of secrets. */
  readonly message: string
  readonly retryable: boolean
  /** Groups faults of one cause: the code and the message with its numbers and ids taken out. */
  readonly fingerprint: string
}

const MESSAGE_LIMIT = 1_000

export function faultOf(thrown: unknown): Fault {
  const error = toTielineError(thrown)
  const message = error.message.length > MESSAGE_LIMIT ? `${error.message.slice(0, MESSAGE_LIMIT)}…` : error.message
  return Object.freeze({
    code: error.code,
    message,
    retryable: error.disposition === 'retry',
    fingerprint: fingerprint(error.code, message),
  })
}

/** The same cause gives the same text: quoted values, ids and numbers are replaced by `…`. */
export function fingerprint(code: string, message: string): string {
  const shape = message
    .replace(/"[^"]*"|'[^']*'/g, '…')
    .replace(/\b[\w-]*\d[\w-]*\b/g, '…')
    .slice(0, 160)
  return `${code}: ${shape}`
}
