import { TielineError } from '../../../core/error.ts'
import { type Fault, faultOf } from '../../../core/fault.ts'
import type { ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, type Json, listOf, objectOf, unexpected } from '../http/json.ts'
import { recordFault } from './faults.ts'
import { type Names, propertiesOf } from './fields.ts'
import { type Upserted, upsertedOf } from './record.ts'

/** Which record is meant: the one whose unique property `by` has the value `id`. */
export interface Upsert {
  readonly by: string
  readonly id: string
}

/** What became of one record of a batch, in the order of the input. */
export type UpsertOutcome = ({ readonly as: 'done' } & Upserted) | { readonly as: 'failed'; readonly fault: Fault }

/** "up to 100 records", https://developers.hubspot.com/docs/api-reference/crm-objects-v3/batch/upsert. */
const MAX_BATCH = 100

/**
 * Each input has a trace id of the effect's key and its place: HubSpot gives it back with the result or error, which says whose it is,
 * and keeps it with the write.
 * @throws {TielineError} REQUEST_INVALID for an empty batch, one of more than 100, or a record without `by` or `id`
 */
export function batchBody(inputs: readonly Upsert[], names: Names, idempotencyKey: string): unknown {
  if (inputs.length === 0 || inputs.length > MAX_BATCH) {
    throw new TielineError('REQUEST_INVALID', `a batch of ${inputs.length} records: use 1 to ${MAX_BATCH}`)
  }
  return {
    inputs: inputs.map((input, i) => {
      const { by, id } = input
      if (by === '' || id === '')
        throw new TielineError('REQUEST_INVALID', 'by and id: name the unique property and its value')
      return {
        idProperty: by,
        id,
        properties: propertiesOf(input, names),
        objectWriteTraceId: `${idempotencyKey}-${i}`,
      }
    }),
  }
}

/** The one record of a batch of one. @throws {TielineError} what its error means, or PROVIDER_ANSWER */
export function oneOf(response: ResponseParts): Upserted {
  const { results, errors } = partsOf(response)
  const result = results[0]
  if (result !== undefined) return upsertedOf(result)
  throw errors[0] === undefined ? unexpected('the answer has neither a result nor an error') : recordFault(errors[0])
}

/** An outcome for each input. What the answer does not mention may be tried again. */
export function outcomesOf(response: ResponseParts, inputs: readonly Upsert[]): readonly UpsertOutcome[] {
  const { results, errors } = partsOf(response)
  if (errors.length === 0 && results.length === 1 && inputs.length === 1)
    return [{ as: 'done', ...upsertedOf(results[0] as Json) }]
  return inputs.map((input, i): UpsertOutcome => {
    const result = results.find((one) => isAt(one['objectWriteTraceId'], i)) ?? results.find((one) => isOf(one, input))
    if (result !== undefined) return { as: 'done', ...upsertedOf(result) }
    const error = errors.find((one) => tracesOf(one).some((trace) => isAt(trace, i)))
    const missing = new TielineError('PROVIDER_FAULT', 'the answer does not say what became of this record')
    return { as: 'failed', fault: faultOf(error === undefined ? missing : recordFault(error)) }
  })
}

function partsOf(response: ResponseParts): { readonly results: readonly Json[]; readonly errors: readonly Json[] } {
  const answer = objectOf(response)
  return { results: listOf(answer, 'results'), errors: answer['errors'] === undefined ? [] : listOf(answer, 'errors') }
}

/** Whether a result has the unique value of the input; HubSpot lowers the case of e-mail addresses. */
function isOf(result: Json, { by, id }: Upsert): boolean {
  const { properties } = result
  const value = isObject(properties) ? properties[by] : undefined
  return typeof value === 'string' && value.toLowerCase() === id.toLowerCase()
}

/** Whether a trace id is of the input at this place. */
function isAt(trace: unknown, place: number): boolean {
  return typeof trace === 'string' && trace.endsWith(`-${place}`)
}

function tracesOf(error: Json): readonly unknown[] {
  const { context } = error
  const traces = isObject(context) ? context['objectWriteTraceId'] : undefined
  return Array.isArray(traces) ? traces : [traces]
}
