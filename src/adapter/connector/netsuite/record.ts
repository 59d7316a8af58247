import { TielineError } from '../../../core/error.ts'
import type { Idempotency, Operation, ResponseParts } from '../../../declare/target/operation.ts'
import { listOf, objectOf } from '../http/json.ts'
import { query } from '../http/path.ts'
import { idOf, isError, type Written, writtenOf } from './answer.ts'
import { type Call, READ } from './call.ts'
import { type Job, submitOperation } from './job.ts'
import { sublistsOf } from './sublist.ts'
import { externalIdOf, place, type Which } from './which.ts'

/** A record as NetSuite gives it: references have `id`, `refName` and `links`, sublists are links unless they are expanded. */
export type Found<F> = { readonly id: string } & Readonly<Partial<F>>

export type Read = Which & {
  /** Default: all fields. */
  readonly fields?: readonly string[]
  /** Whether sublists and subrecords come with it. Default: links to them. */
  readonly expand?: boolean
}

export type Transform<T extends object = object> = Which & {
  /** The type of the new record: `invoice`, `creditMemo`. */
  readonly to: string
  /** What differs from the record that it is made of. An `externalId` keeps a repeat from making a second one: it is then refused. */
  readonly fields?: T
}

/** The operations on one record type. F are its fields by the names of the REST API Browser. */
export interface RecordType<F extends object> {
  readonly type: string
  readonly get: Operation<Read, Found<F>>
  /** The id of the record with this external id, or null where there is none. */
  readonly find: Operation<{ readonly externalId: string }, Written | null>
  /** A repeat makes a second record, for NetSuite ignores the idempotency key of a request that it answers at once: use `upsert` or `submit`. */
  readonly create: Operation<F, Written>
  /** Creates the record under its external id, or updates it: the same call again leads to the same state. Sublists are replaced. */
  readonly upsert: Operation<{ readonly externalId: string } & F, Partial<Written>>
  /** Sets these fields; the sublists among them are replaced. */
  readonly update: Operation<Which & { readonly fields: Partial<F> }, void>
  /** One that is not there is deleted already. */
  readonly delete: Operation<Which, void>
  /** Makes a record of another type of this one, in one request. */
  readonly transform: Operation<Transform, Written>
  /** Creates the record in NetSuite's own time, once for each idempotency key; `jobs.result` says what became of it. */
  readonly submit: Operation<F, Job>
}

const NONE: Idempotency = Object.freeze({
  by: 'none',
  why: 'NetSuite honours an idempotency key in asynchronous requests only: upsert under an external id, or submit',
})
const UPSERT: Idempotency = Object.freeze({ by: 'state', why: 'upsert under an external id, sublists replaced' })
const UPDATE: Idempotency = Object.freeze({ by: 'state', why: 'the same fields are set again, sublists replaced' })
const DELETE: Idempotency = Object.freeze({ by: 'state', why: 'the record is gone, or was before' })

/** Field names that the record does not have are refused; NetSuite's own default is to pass over them in silence. */
const STRICT = Object.freeze({ 'x-netsuite-propertynamevalidation': 'Error' })
const TYPE = /^[A-Za-z][A-Za-z0-9_]{0,79}$/

/** @throws {TielineError} DECLARATION_INVALID for a name that is no record type */
export function recordType<F extends object>(call: Call, type: string): RecordType<F> {
  const root = `/services/rest/record/v1/${typeName(type, 'DECLARATION_INVALID')}`
  const at = (which: Which): string => `${root}/${place(which)}`
  const strict = (): typeof STRICT => STRICT
  return Object.freeze({
    type,
    get: call<Read, Found<F>>({
      name: `${type}.get`,
      idempotency: READ,
      method: 'GET',
      path: ({ fields, expand, ...which }) =>
        at(which) + query({ fields: fields?.join(','), expandSubResources: expand === true ? true : undefined }),
      response: (response) => {
        const record = objectOf(response)
        return { ...record, id: idOf(record) } as Found<F>
      },
    }),
    find: call<{ readonly externalId: string }, Written | null>({
      name: `${type}.find`,
      idempotency: READ,
      method: 'GET',
      path: ({ externalId }) => root + query({ q: `externalId IS "${externalIdOf(externalId)}"`, limit: 1 }),
      response: (response) => {
        const [first] = listOf(objectOf(response), 'items')
        return first === undefined ? null : { id: idOf(first) }
      },
    }),
    create: call<F, Written>({
      name: `${type}.create`,
      idempotency: NONE,
      method: 'POST',
      path: () => root,
      headers: strict,
      body: (fields) => fields,
      response: writtenOf,
    }),
    upsert: call<{ readonly externalId: string } & F, Partial<Written>>({
      name: `${type}.upsert`,
      idempotency: UPSERT,
      method: 'PUT',
      path: ({ externalId, ...fields }) => at({ externalId }) + query({ replace: sublistsOf(fields) }),
      headers: strict,
      body: ({ externalId: _, ...fields }) => fields,
      response: (response) => (response.headers['location'] === undefined ? {} : writtenOf(response)),
    }),
    update: call<Which & { readonly fields: Partial<F> }, void>({
      name: `${type}.update`,
      idempotency: UPDATE,
      method: 'PATCH',
      path: ({ fields, ...which }) => at(which) + query({ replace: sublistsOf(fields) }),
      headers: strict,
      body: ({ fields }) => fields,
      response: nothing,
    }),
    delete: call<Which, void>({
      name: `${type}.delete`,
      idempotency: DELETE,
      method: 'DELETE',
      path: at,
      response: nothing,
      repeated: (response) => isError(response, 404, 'NONEXISTENT_ID'),
    }),
    transform: call<Transform, Written>({
      name: `${type}.transform`,
      idempotency: NONE,
      method: 'POST',
      path: ({ to, fields: _, ...which }) => `${at(which)}/!transform/${typeName(to, 'REQUEST_INVALID')}`,
      headers: strict,
      body: ({ fields = {} }) => fields,
      response: writtenOf,
    }),
    submit: submitOperation<F>(call, type, root),
  })
}

function nothing(_: ResponseParts): void {}

function typeName(type: string, code: 'DECLARATION_INVALID' | 'REQUEST_INVALID'): string {
  if (TYPE.test(type)) return type
  throw new TielineError(code, `record type ${JSON.stringify(type)}: use a name such as invoice or customrecord_order`)
}
