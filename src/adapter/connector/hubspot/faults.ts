import { TielineError } from '../../../core/error.ts'
import { deepFreeze } from '../../../core/freeze.ts'
import { redacted } from '../../../declare/fault/redacted.ts'
import type { FaultTable } from '../../../declare/target/operation.ts'
import type { Json } from '../http/json.ts'

const HOUR_MS = 3_600_000
const FEW_SECONDS_MS = 3_000 // "pause your requests for a few seconds, then retry"

/** What HubSpot's statuses mean. Its 429 carry no Retry-After: the limit that was hit says how long its window is. */
export const HUBSPOT_FAULTS: FaultTable = deepFreeze({
  source:
    'https://developers.hubspot.com/docs/api-reference/error-handling and …/docs/developer-tooling/platform/usage-guidelines',
  rows: [
    { status: 400, means: 'stop', why: 'a property or the request is invalid' },
    { status: 401, means: 'credential', why: 'the token is wrong or has expired' },
    { status: 403, means: 'credential', why: 'the token lacks a scope' },
    { status: 404, means: 'stop', why: 'no such record' },
    { status: 409, means: 'stop', why: 'the record exists already' },
    { status: 414, means: 'stop', why: 'the address of the request is too long' },
    { status: 423, means: 'retry', afterMs: 2_000, why: 'too much is written at once: locked for two seconds' },
    {
      status: 429,
      code: 'DAILY',
      means: 'retry-after',
      afterMs: HOUR_MS,
      why: 'the daily limit; it ends at midnight of the account',
    },
    {
      status: 429,
      code: 'TEN_SECONDLY_ROLLING',
      means: 'retry-after',
      afterMs: 10_000,
      why: 'too many requests in ten seconds',
    },
    { status: 429, code: 'SECONDLY', means: 'retry-after', afterMs: 1_000, why: 'too many searches in one second' },
    { status: 429, means: 'retry-after', afterMs: 10_000, why: 'too many requests' },
    { status: 477, means: 'retry-after', afterMs: HOUR_MS, why: 'the account is being moved to another data centre' },
    { status: 502, means: 'retry', afterMs: FEW_SECONDS_MS, why: 'HubSpot’s processing limits were met' },
    { status: 503, means: 'retry-after', afterMs: FEW_SECONDS_MS, why: 'HubSpot is unavailable for now' },
    { status: 504, means: 'retry', afterMs: FEW_SECONDS_MS, why: 'HubSpot’s processing limits were met' },
    { status: 521, means: 'retry', afterMs: FEW_SECONDS_MS, why: 'HubSpot’s server is down for now' },
    { status: 522, means: 'retry', why: 'the connection to HubSpot timed out' },
    { status: 523, means: 'retry', afterMs: FEW_SECONDS_MS, why: 'HubSpot’s server cannot be reached for now' },
    { status: 524, means: 'retry', afterMs: FEW_SECONDS_MS, why: 'HubSpot’s server did not answer in time' },
  ],
})

const REFUSED = new Set(['VALIDATION_ERROR', 'CONFLICT', 'OBJECT_NOT_FOUND', 'BAD_REQUEST', 'OBJECT_ALREADY_EXISTS'])

/** What one error of a 207 answer means for its record: the status is 2xx, so no table has spoken. */
export function recordFault(error: Json): TielineError {
  const category = typeof error['category'] === 'string' ? redacted(error['category'], 80) : 'no category'
  const message = typeof error['message'] === 'string' ? `, ${JSON.stringify(redacted(error['message'], 300))}` : ''
  const text = `207 ${category}${message}`
  if (category === 'RATE_LIMITS') return new TielineError('PROVIDER_BUSY', text, { retryAfterMs: 10_000 })
  return new TielineError(REFUSED.has(category) ? 'PROVIDER_REFUSED' : 'PROVIDER_FAULT', text)
}
