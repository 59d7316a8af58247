import type { ErrorCode } from '../../core/codes.ts'
import { TielineError } from '../../core/error.ts'
import type { HttpResponse } from '../../port/http.ts'
import type { FaultRow, FaultTable } from '../target/operation.ts'
import { type Complaint, complaintOf } from './complaint.ts'
import { HTTP_FAULTS } from './http-faults.ts'
import { redacted } from './redacted.ts'
import { retryAfterMs } from './retry-after.ts'

const CODE_OF = Object.freeze({
  retry: 'PROVIDER_FAULT',
  'retry-after': 'PROVIDER_BUSY',
  stop: 'PROVIDER_REFUSED',
  credential: 'CREDENTIAL_REFUSED',
}) satisfies Readonly<Record<FaultRow['means'], ErrorCode>>

/**
 * The error that an answer with another status than 2xx means: by the provider's table, else by what HTTP says of the status. A
 * Retry-After is honoured wherever the answer may be tried again. Pure.
 */
export function classify(response: HttpResponse, table: FaultTable, nowMs: number): TielineError {
  const { status } = response
  const complaint = complaintOf(response)
  const row = find(table, status, complaint) ?? find(HTTP_FAULTS, status, complaint)
  if (row === undefined) return unlisted(response, complaint)
  const pause = row.means === 'stop' ? undefined : (retryAfterMs(response.headers['retry-after'], nowMs) ?? row.afterMs)
  return new TielineError(
    CODE_OF[row.means],
    sentence(status, complaint, row.why),
    pause === undefined ? {} : { retryAfterMs: pause },
  )
}

function unlisted({ status, headers }: HttpResponse, complaint: Complaint): TielineError {
  if (status < 300 || status >= 400)
    return new TielineError('PROVIDER_ANSWER', sentence(status, complaint, 'no such status'))
  const origin = /^https?:\/\/[\w.:[\]-]{1,255}(?=[/?#]|$)/i.exec(headers['location'] ?? '')?.[0] // the rest of it may hold tokens
  return new TielineError('HTTP_REDIRECT', `${status}${origin === undefined ? '' : ` to ${origin}`}`)
}

function find(table: FaultTable, status: number, { codes }: Complaint): FaultRow | undefined {
  const kind = `${Math.floor(status / 100)}xx`
  return table.rows.find(
    (row) => (row.status === status || row.status === kind) && (row.code === undefined || codes.includes(row.code)),
  )
}

/** `429 RATE_LIMITS, "You have reached your secondly limit." (too many requests in ten seconds)` */
function sentence(status: number, { codes, message }: Complaint, why: string | undefined): string {
  const code = codes[0] === undefined ? '' : ` ${redacted(codes[0], 80)}`
  const said = message === '' ? '' : `, ${JSON.stringify(message)}`
  return `${status}${code}${said}${why === undefined ? '' : ` (${why})`}`
}
