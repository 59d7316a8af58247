import { deepFreeze } from '../../../core/freeze.ts'
import type { FaultTable } from '../../../declare/target/operation.ts'

/**
 * What NetSuite's statuses and `o:errorCode`s mean. Oracle names no pause and no Retry-After for a 429: a place is free again as soon as
 * another request of the account ends.
 */
export const NETSUITE_FAULTS: FaultTable = deepFreeze({
  source:
    'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156570709583.html, …/subsect_1559222360.html and …/subsect_164494900632.html',
  rows: [
    {
      status: 400,
      code: 'IDEMPOTENCY_ERROR',
      means: 'stop',
      why: 'a request with this idempotency key was submitted before; its job is in the Location of the answer',
    },
    { status: '4xx', code: 'RCRD_HAS_BEEN_CHANGED', means: 'retry', why: 'somebody else wrote the record meanwhile' },
    { status: 400, means: 'stop', why: 'a field, a header or the query is invalid' },
    { status: 401, means: 'credential', why: 'the token is wrong, expired or revoked: see the Login Audit Trail' },
    { status: 403, means: 'credential', why: 'the role of the token lacks a permission' },
    { status: 404, means: 'stop', why: 'no such record, record type or job' },
    { status: 405, means: 'stop', why: 'the record type does not allow this' },
    { status: 429, means: 'retry-after', why: 'the account or the integration has too many requests at once' },
    { status: 503, means: 'retry-after', why: 'NetSuite is unavailable or in maintenance' },
  ],
})
