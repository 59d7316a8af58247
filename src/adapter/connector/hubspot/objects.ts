import {
  type BatchHalves,
  type Connector,
  type Idempotency,
  type Operation,
  operation,
  type RequestContext,
  type RequestParts,
  type ResponseParts,
} from '../../../declare/target/operation.ts'
import type { Auth } from '../http/auth.ts'
import { objectOf, toJson } from '../http/json.ts'
import { path, query } from '../http/path.ts'
import {
  batchBody,
  itemOutcomes,
  MAX_BATCH,
  oneOf,
  outcomesOf,
  recordKey,
  traceOf,
  type Upsert,
  type UpsertOutcome,
} from './batch.ts'
import { type Names, propertiesOf } from './fields.ts'
import { type CrmRecord, foundOne, recordOf, type Upserted } from './record.ts'
import { type Found, foundOf, type Search, searchBody } from './search.ts'

/** Which record: by HubSpot's id, or by a unique property. */
export interface Which {
  readonly id: string
  /** A unique property that `id` is the value of. Default: HubSpot's own id. */
  readonly by?: string
}

export interface CrmObject<F> {
  readonly get: Operation<Which & { readonly properties?: readonly string[] }, CrmRecord>
  /** The record whose unique property `by` has the value `id`, or null where there is none. Unlike `search` it sees what was just written. */
  readonly find: Operation<Upsert & { readonly properties?: readonly string[] }, CrmRecord | null>
  readonly search: Operation<Search, Found>
  /** A repeat makes a second record: use `upsert` wherever the record has a unique property. */
  readonly create: Operation<F, CrmRecord>
  readonly update: Operation<Which & F, CrmRecord>
  /** Creates the record, or updates it: the same call again leads to the same state. A flow with `batch` sends up to 100 in one request. */
  readonly upsert: Operation<Upsert & F, Upserted>
  /** At most 100 records, each with its own outcome. */
  readonly batchUpsert: Operation<readonly (Upsert & F)[], readonly UpsertOutcome[]>
}

export interface Association {
  readonly from: { readonly type: string; readonly id: string }
  readonly to: { readonly type: string; readonly id: string }
}

export interface Associations {
  /** Joins two records with the default, unlabelled association. Types: `contacts`, `deals`, `2-123456` … */
  readonly put: Operation<Association, { readonly status: number }>
}

const READ: Idempotency = Object.freeze({ by: 'read' })
const NONE: Idempotency = Object.freeze({
  by: 'none',
  why: 'HubSpot knows no idempotency key; upsert by a unique property',
})
const UPSERT: Idempotency = Object.freeze({ by: 'state', why: 'upsert by a unique property' })
const UPDATE: Idempotency = Object.freeze({ by: 'state', why: 'the same properties are set again' })
const PUT: Idempotency = Object.freeze({ by: 'state', why: 'the association exists or is made' })

interface Operations {
  crmObject<F extends object>(type: string, names: Names): CrmObject<F>
  readonly associations: Associations
}

const HEADERS = Object.freeze({ accept: 'application/json', 'user-agent': 'tieline' })

/** Makes operations on one connector with one way to prove who calls. */
export function hubspotOperations(connector: Connector, auth: Auth): Operations {
  const call = <I, O>(
    name: string,
    idempotency: Idempotency,
    method: RequestParts['method'],
    place: (input: I) => string,
    body: ((input: I, context: RequestContext) => unknown) | undefined,
    response: (response: ResponseParts, input: I) => O,
    batch?: BatchHalves<I, O>,
  ): Operation<I, O> => {
    const request = (input: I, context: RequestContext): RequestParts => {
      if (body !== undefined) return sent(method, place(input), body(input, context), context)
      return auth.sign({ method, path: place(input), headers: HEADERS }, context)
    }
    return operation({ connector, name, idempotency, request, response, ...(batch !== undefined && { batch }) })
  }
  const sent = (
    method: RequestParts['method'],
    place: string,
    body: unknown,
    context: RequestContext,
  ): RequestParts => {
    const headers = { ...HEADERS, 'content-type': 'application/json' }
    return auth.sign({ method, path: place, headers, body: toJson(body) }, context)
  }

  function crmObject<F extends object>(type: string, names: Names): CrmObject<F> {
    const root = `/crm/v3/objects/${type}`
    const upsert = () => `${root}/batch/upsert`
    const which = ({ id }: Which): string => root + path`/${id}`
    const record = (response: ResponseParts): CrmRecord => recordOf(objectOf(response))
    return Object.freeze({
      get: call<Which & { readonly properties?: readonly string[] }, CrmRecord>(
        `${type}.get`,
        READ,
        'GET',
        (input) => which(input) + query({ properties: input.properties?.join(','), idProperty: input.by }),
        undefined,
        record,
      ),
      find: call<Upsert & { readonly properties?: readonly string[] }, CrmRecord | null>(
        `${type}.find`,
        READ,
        'POST',
        () => `${root}/batch/read`,
        ({ by, id, properties = [] }) => ({ idProperty: by, inputs: [{ id }], properties }),
        foundOne,
      ),
      search: call<Search, Found>(`${type}.search`, READ, 'POST', () => `${root}/search`, searchBody, foundOf),
      create: call<F, CrmRecord>(
        `${type}.create`,
        NONE,
        'POST',
        () => root,
        (input) => ({ properties: propertiesOf(input, names) }),
        record,
      ),
      update: call<Which & F, CrmRecord>(
        `${type}.update`,
        UPDATE,
        'PATCH',
        (input) => which(input) + query({ idProperty: input.by }),
        (input) => ({ properties: propertiesOf(input, names) }),
        record,
      ),
      upsert: call<Upsert & F, Upserted>(
        `${type}.upsert`,
        UPSERT,
        'POST',
        upsert,
        (input, context) => batchBody([input], names, () => traceOf(context.idempotencyKey)),
        oneOf,
        {
          max: MAX_BATCH,
          group: ({ by }) => by,
          key: recordKey,
          request: (items, context) => {
            const inputs = items.map(({ input }) => input)
            const traceAt = (i: number): string => traceOf(items[i]?.idempotencyKey ?? '')
            return sent('POST', upsert(), batchBody(inputs, names, traceAt), context)
          },
          response: itemOutcomes,
        },
      ),
      batchUpsert: call<readonly (Upsert & F)[], readonly UpsertOutcome[]>(
        `${type}.batchUpsert`,
        UPSERT,
        'POST',
        upsert,
        (inputs, context) => batchBody(inputs, names, (i) => traceOf(context.idempotencyKey, i)),
        outcomesOf,
      ),
    })
  }

  const associations: Associations = Object.freeze({
    put: call<Association, { readonly status: number }>(
      'associations.put',
      PUT,
      'PUT',
      ({ from, to }) => path`/crm/v4/objects/${from.type}/${from.id}/associations/default/${to.type}/${to.id}`,
      undefined,
      ({ status }) => ({ status }),
    ),
  })

  return { crmObject, associations }
}
