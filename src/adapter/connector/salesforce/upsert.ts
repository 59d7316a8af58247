import { TielineError } from '../../../core/error.ts'
import type { BatchHalves, ItemOutcome, ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, type Json, objectOf, textOf, unexpected } from '../http/json.ts'
import { path } from '../http/path.ts'
import { type Api, sent } from './call.ts'
import { recordFault } from './faults.ts'

/** Which record: the one whose external id `by` has the value `id`; and what it shall be. */
export interface Upsert<F> {
  /** A field that is an external id, best one that is unique: `Payment_Id__c`. */
  readonly by: string
  readonly id: string | number
  readonly fields: F
}

export interface Upserted {
  /** Salesforce's own id; left out where the answer has no body (204). */
  readonly id?: string
  /** True when the record is new. A repeat of the same call says false. */
  readonly created: boolean
}

/** "up to 200 records", https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm. */
const MAX_RECORDS = 200

/** The fields without the external id, which the address says already. @throws {TielineError} REQUEST_INVALID when they say another one */
export function fieldsOf<F extends object>({ by, id, fields }: Upsert<F>): Json {
  const { [by]: again, ...others } = fields as Json
  if (again === undefined || again === id) return others
  throw new TielineError('REQUEST_INVALID', `fields.${by} differs from id: leave it out`)
}

/** 201: made; 200, in older versions 204: changed. Source: https://developer.salesforce.com/docs/platform/api-rest/guide/dome-upsert.html. */
export function upsertedOf(response: ResponseParts): Upserted {
  return response.status === 204 ? { created: false } : resultOf(objectOf(response), response.status === 201)
}

/**
 * Many upserts by one external id in one request. What one record is refused for holds up no other: `allOrNone` is false. Salesforce
 * refuses records that have the same external id, which may differ by more than the case of letters only where the field says so.
 */
export function upsertBatch<F extends object>(api: Api, type: string): BatchHalves<Upsert<F>, Upserted> {
  const collection = `${api.root}/composite/sobjects/${type}`
  const halves: BatchHalves<Upsert<F>, Upserted> = {
    max: MAX_RECORDS,
    group: ({ by }) => by,
    key: ({ by, id }) => `${by} ${String(id).toLowerCase()}`,
    request: (items, context) => {
      if (items.length === 0 || items.length > MAX_RECORDS)
        throw new TielineError('REQUEST_INVALID', `a batch of ${items.length} records: use 1 to ${MAX_RECORDS}`)
      const by = items[0]?.input.by ?? ''
      const records = items.map(({ input }) => recordOf(input, type))
      return sent(api, context, 'PATCH', collection + path`/${by}`, { allOrNone: false, records })
    },
    response: (response, items) => {
      const results = response.json()
      if (!Array.isArray(results) || results.length !== items.length || !results.every(isObject))
        throw unexpected(`the answer is not a list of ${items.length} results`)
      return results.map(outcomeOf)
    },
  }
  return Object.freeze(halves)
}

function recordOf<F extends object>(input: Upsert<F>, type: string): Json {
  const { by, id } = input
  if (id === '') throw new TielineError('REQUEST_INVALID', `${by}: an empty external id names no record`)
  return { ...fieldsOf(input), [by]: id, attributes: { type } }
}

function outcomeOf(result: Json): ItemOutcome<Upserted> {
  if (result['success'] === true) return { as: 'done', value: resultOf(result, false) }
  const { errors } = result
  if (!Array.isArray(errors) || !errors.every(isObject)) throw unexpected('a result has neither success nor errors')
  return { as: 'failed', error: recordFault(errors) }
}

function resultOf(result: Json, created: boolean): Upserted {
  return { id: textOf(result, 'id'), created: typeof result['created'] === 'boolean' ? result['created'] : created }
}
