import type { TielineError } from '../../../core/error.ts'
import { deepFreeze } from '../../../core/freeze.ts'
import { classify } from '../../../declare/fault/classify.ts'
import type { FaultTable } from '../../../declare/target/operation.ts'
import type { Json } from '../http/json.ts'

/**
 * The code says both that the requests of the last 24 hours are used up and that too many long ones run at once. The first comes back bit
 * by bit, the second with the end of a call that has run for 20 s: one look a minute is soon enough for either, and cheap.
 */
const LIMIT_MS = 60_000

/** What Salesforce's statuses and error codes mean. A code stands in `errorCode` of the first element of the answer's array. */
export const SALESFORCE_FAULTS: FaultTable = deepFreeze({
  source:
    'https://developer.salesforce.com/docs/platform/api-rest/guide/errorcodes.html and …/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm',
  rows: [
    {
      status: 300,
      means: 'stop',
      why: 'several records have this external id: merge them, or make the field unique in Salesforce',
    },
    { status: '4xx', code: 'UNABLE_TO_LOCK_ROW', means: 'retry', why: 'another transaction holds the record' },
    { status: '4xx', code: 'QUERY_TIMEOUT', means: 'retry', why: 'the query ran for too long' },
    { status: '4xx', code: 'SERVER_UNAVAILABLE', means: 'retry', why: 'a server of Salesforce is unavailable' },
    { status: '4xx', code: 'REQUEST_RUNNING_TOO_LONG', means: 'retry', why: 'the request ran for too long' },
    {
      status: '4xx',
      code: 'REQUEST_LIMIT_EXCEEDED',
      means: 'retry-after',
      afterMs: LIMIT_MS,
      why: 'the requests of 24 hours are used up, or too many long ones run at once',
    },
    { status: '4xx', code: 'INVALID_SESSION_ID', means: 'credential', why: 'the token has expired or is invalid' },
    {
      status: '4xx',
      code: 'DUPLICATE_VALUE',
      means: 'stop',
      why: 'another record has this value of a unique field: upsert by that field',
    },
    { status: '4xx', code: 'DUPLICATE_EXTERNAL_ID', means: 'stop', why: 'several records have this external id' },
    {
      status: '4xx',
      code: 'DUPLICATES_DETECTED',
      means: 'stop',
      why: 'a duplicate rule of the organization refuses the record',
    },
    {
      status: '4xx',
      code: 'REQUIRED_FIELD_MISSING',
      means: 'stop',
      why: 'a field that the object requires is missing',
    },
    {
      status: '4xx',
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      means: 'stop',
      why: 'a validation rule of the organization refuses the record',
    },
    { status: '4xx', code: 'MALFORMED_QUERY', means: 'stop', why: 'the SOQL is wrong' },
    { status: '4xx', code: 'ENTITY_IS_DELETED', means: 'stop', why: 'the record was deleted' },
    {
      status: '4xx',
      code: 'NOT_FOUND',
      means: 'stop',
      why: 'no such object, field or record, or the field is no external id',
    },
    { status: 401, means: 'credential', why: 'the token has expired or is invalid' },
    { status: 403, means: 'credential', why: 'the user of the token lacks the permission' },
    { status: 414, means: 'stop', why: 'the address is longer than 16,384 bytes: shorten the query' },
    { status: 420, means: 'retry', why: 'Salesforce does not know yet where the organization is' },
    { status: 431, means: 'stop', why: 'address and headers are longer than 16,384 bytes: shorten the query' },
    { status: 502, means: 'retry', why: 'Salesforce’s edge does not reach the instance' },
  ],
})

const utf8 = new TextEncoder()

/** What an answer within an answer means: of a subrequest, or of one record. */
export function innerFault(status: number, body: unknown): TielineError {
  return classify({ status, headers: {}, body: utf8.encode(JSON.stringify(body)) }, SALESFORCE_FAULTS, 0)
}

/** What the errors of one record of a collection mean. They name their code `statusCode`, and have no status: it counts as 400. */
export function recordFault(errors: readonly Json[]): TielineError {
  return innerFault(
    400,
    errors.map(({ statusCode, message, fields }) => ({ errorCode: statusCode, message, fields })),
  )
}
