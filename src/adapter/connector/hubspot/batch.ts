import { TielineError } from '../../../core/error.ts'
import { type Fault, faultOf } from '../../../core/fault.ts'
import type { BatchItem, ItemOutcome, ResponseParts } from '../../../declare/target/operation.ts'
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
export const MAX_BATCH = 100

/** HubSpot refuses a batch that names a record twice, and lowers the case of e-mail addresses. */
export function recordKey({ by, id }: Upsert): string {
  return `${by} ${id.toLowerCase()}`
}

/**
 * Each input has a trace id of its effect's key and its place: HubSpot gives it back with the result or error, which says whose it is,
 * and keeps it with the write.
 * @throws {TielineError} REQUEST_INVALID for an empty batch, one of more than 100, or a record without `by` or `id`
 */
export function batchBody(inputs: readonly Upsert[], names: Names, traceAt: (place: number) => string): unknown {
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
        objectWriteTraceId: traceAt(i),
      }
    }),
  }
}

/** The same whether a record is sent alone or with others. */
export function traceOf(idempotencyKey: string, place = 0): string {
  return `${idempotencyKey}-${place}`
}

/** The one record of a batch of one. @throws {TielineError} what its error means, or PROVIDER_ANSWER */
export function oneOf(response: ResponseParts): Upserted {
  const { results, errors } = partsOf(response)
  const result = results[0]
  if (result !== undefined) return upsertedOf(result)
  throw errors[0] === undefined ? unexpected('the answer has neither a result nor an error') : recordFault(errors[0])
}

/** An outcome for each item, each known by its own key. */
export function itemOutcomes(
  response: ResponseParts,
  items: readonly BatchItem<Upsert>[],
): readonly ItemOutcome<Upserted>[] {
  const inputs = items.map(({ input }) => input)
  return matched(response, inputs, (trace, i) => trace === traceOf(items[i]?.idempotencyKey ?? ''))
}

/** An outcome for each input of one call, whose key this half does not know. */
export function outcomesOf(response: ResponseParts, inputs: readonly Upsert[]): readonly UpsertOutcome[] {
  const outcomes = matched(response, inputs, (trace, i) => typeof trace === 'string' && trace.endsWith(traceOf('', i)))
  return outcomes.map((outcome) =>
    outcome.as === 'done' ? { as: 'done', ...outcome.value } : { as: 'failed', fault: faultOf(outcome.error) },
  )
}

/** By trace id, else by the unique value. What the answer does not mention may be tried again. */
function matched(
  response: ResponseParts,
  inputs: readonly Upsert[],
  isTrace: (trace: unknown, place: number) => boolean,
): readonly ItemOutcome<Upserted>[] {
  const { results, errors } = partsOf(response)
  const alone = inputs.length === 1 && results.length + errors.length === 1
  return inputs.map((input, i): ItemOutcome<Upserted> => {
    const result = alone
      ? results[0]
      : (results.find((one) => isTrace(one['objectWriteTraceId'], i)) ?? results.find((one) => isOf(one, input)))
    if (result !== undefined) return { as: 'done', value: upsertedOf(result) }
    const error = alone
      ? errors[0]
      : errors.find(
          (one) => contextOf(one, 'objectWriteTraceId').some((trace) => isTrace(trace, i)) || names(one, input),
        )
    const missing = new TielineError('PROVIDER_FAULT', 'the answer does not say what became of this record')
    return { as: 'failed', error: error === undefined ? missing : recordFault(error) }
  })
}

function partsOf(response: ResponseParts): { readonly results: readonly Json[]; readonly errors: readonly Json[] } {
  const answer = objectOf(response)
  return { results: listOf(answer, 'results'), errors: answer['errors'] === undefined ? [] : listOf(answer, 'errors') }
}

/** Whether a result has the unique value of the input. */
function isOf(result: Json, { by, id }: Upsert): boolean {
  const { properties } = result
  return isObject(properties) && isValue(properties[by], id)
}

/** Whether an error names the unique value of the input. */
function names(error: Json, { id }: Upsert): boolean {
  return contextOf(error, 'ids').some((one) => isValue(one, id))
}

function isValue(value: unknown, id: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === id.toLowerCase()
}

function contextOf(error: Json, field: 'objectWriteTraceId' | 'ids'): readonly unknown[] {
  const { context } = error
  const found = isObject(context) ? context[field] : undefined
  return Array.isArray(found) ? found : [found]
}
