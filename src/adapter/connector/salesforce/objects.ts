import { TielineError } from '../../../core/error.ts'
import type { Idempotency, Operation, ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, type Json, objectOf, textOf, unexpected } from '../http/json.ts'
import { path, query } from '../http/path.ts'
import { type Api, call } from './call.ts'
import { recordFault } from './faults.ts'
import { type Page, type Query, queryOf } from './query.ts'
import { fieldsOf, type Upsert, type Upserted, upsertBatch, upsertedOf } from './upsert.ts'

/** Which record: by Salesforce's id, or by an external id. */
export type Which = ById | ByExternalId

interface ById {
  readonly id: string
  /** Default: all that the user may see. */
  readonly fields?: readonly string[]
}

interface ByExternalId {
  readonly by: string
  readonly id: string | number
}

/** A record as it was read: Salesforce's id, and fields by their API names. */
export type Found<F> = Partial<F> & { readonly Id: string }

export interface SalesforceObject<F> {
  readonly get: Operation<Which, Found<F>>
  /** A repeat makes a second record: use `upsert` wherever the object has an external id. */
  readonly create: Operation<F, { readonly id: string }>
  readonly update: Operation<{ readonly id: string; readonly fields: F }, { readonly status: number }>
  /** Creates the record, or updates it: the same call again leads to the same state. Calls in a flow with `batch` share requests of 200. */
  readonly upsert: Operation<Upsert<F>, Upserted>
  /** Into the recycle bin. `deleted` is false when it was there already. */
  readonly delete: Operation<{ readonly id: string }, { readonly deleted: boolean }>
  readonly query: Operation<Query, Page<Partial<F> & { readonly Id?: string }>>
}

const READ: Idempotency = Object.freeze({ by: 'read' })
const NONE: Idempotency = Object.freeze({
  by: 'none',
  why: 'Salesforce knows no idempotency key; upsert by an external id instead',
})
const UPDATE: Idempotency = Object.freeze({ by: 'state', why: 'the same fields are set again' })
const UPSERT: Idempotency = Object.freeze({ by: 'state', why: 'upsert by an external id' })
const DELETE: Idempotency = Object.freeze({
  by: 'state',
  why: 'a deleted record stays deleted, and that it was is no error',
})

/** API names of objects and fields. */
const NAME = /^[A-Za-z]\w{0,79}$/

/** @throws {TielineError} DECLARATION_INVALID when `type` is no API name */
export function objectOfType<F extends object>(api: Api, type: string): SalesforceObject<F> {
  if (!NAME.test(type))
    throw new TielineError(
      'DECLARATION_INVALID',
      `object ${JSON.stringify(type)}: use its API name, like Account or Invoice__c`,
    )
  const root = `${api.root}/sobjects/${type}`
  const named = (verb: string): string => `${type.toLowerCase()}.${verb}`
  return Object.freeze({
    get: call<Which, Found<F>>(api, {
      name: named('get'),
      idempotency: READ,
      method: 'GET',
      place: (which) =>
        'by' in which
          ? root + path`/${which.by}/${which.id}`
          : root + path`/${which.id}` + query({ fields: which.fields?.join(',') }),
      response: (response) => {
        const record = objectOf(response)
        textOf(record, 'Id')
        return record as Found<F>
      },
    }),
    create: call<F, { readonly id: string }>(api, {
      name: named('create'),
      idempotency: NONE,
      method: 'POST',
      place: () => root,
      body: (fields) => fields,
      response: (response) => ({ id: textOf(objectOf(response), 'id') }),
    }),
    update: call<{ readonly id: string; readonly fields: F }, { readonly status: number }>(api, {
      name: named('update'),
      idempotency: UPDATE,
      method: 'PATCH',
      place: ({ id }) => root + path`/${id}`,
      body: ({ fields }) => fields,
      response: ({ status }) => ({ status }),
    }),
    upsert: call<Upsert<F>, Upserted>(api, {
      name: named('upsert'),
      idempotency: UPSERT,
      method: 'PATCH',
      place: ({ by, id }) => root + path`/${by}/${id}`,
      body: fieldsOf,
      response: upsertedOf,
      batch: upsertBatch<F>(api, type),
    }),
    delete: call<{ readonly id: string }, { readonly deleted: boolean }>(api, {
      name: named('delete'),
      idempotency: DELETE,
      method: 'DELETE',
      // A collection of one: it says in a good answer that the record was deleted before, which the address of the record does with a 404.
      place: ({ id }) => `${api.root}/composite/sobjects${query({ ids: idOf(id), allOrNone: false })}`,
      response: deletedOf,
    }),
    query: queryOf<Partial<F> & { readonly Id?: string }>(api, named('query')),
  })
}

/** One id, not a list of them. */
function idOf(id: string): string {
  if (/^[^,\s]+$/.test(id)) return id
  throw new TielineError('REQUEST_INVALID', `id ${JSON.stringify(id)}: use the id of one record`)
}

/** Source: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-delete.html. */
function deletedOf(response: ResponseParts): { readonly deleted: boolean } {
  const results: unknown = response.json()
  const result: unknown = Array.isArray(results) ? results[0] : undefined
  if (!isObject(result)) throw unexpected('the answer is not a list of one result')
  if (result['success'] === true) return { deleted: true }
  const errors = (Array.isArray(result['errors']) ? result['errors'] : []) as readonly Json[]
  if (errors.length > 0 && errors.every((error) => error['statusCode'] === 'ENTITY_IS_DELETED'))
    return { deleted: false }
  throw recordFault(errors)
}
