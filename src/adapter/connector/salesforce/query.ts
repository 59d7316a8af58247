import { TielineError } from '../../../core/error.ts'
import type { Idempotency, Operation, ResponseParts } from '../../../declare/target/operation.ts'
import { listOf, objectOf, unexpected } from '../http/json.ts'
import { query } from '../http/path.ts'
import { type Api, call } from './call.ts'
import { Soql } from './soql.ts'

/** The first page of a query, or the next one of a page before. */
export type Query = ({ readonly soql: Soql } | { readonly next: string }) & {
  /** Records of a page, 200 to 2,000; Salesforce may give fewer or more. Default 2,000, Salesforce's own. */
  readonly batchSize?: number
}

export interface Page<R> {
  /** Of all pages. */
  readonly total: number
  /** The fields that were selected, and `attributes` with the record's type and address. */
  readonly records: readonly R[]
  /** For the `next` of the next query; absent on the last page. Salesforce keeps it for some days at most. */
  readonly next?: string
}

const READ: Idempotency = Object.freeze({ by: 'read' })
/** What `nextRecordsUrl` looks like: it is sent with the token, so it must not lead elsewhere. */
const NEXT = /^\/services\/data\/v\d+\.\d\/query(All)?\/[\w-]{1,200}$/

/** Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm and …/headers_queryoptions.htm. */
export function queryOf<R>(api: Api, name: string): Operation<Query, Page<R>> {
  return call<Query, Page<R>>(api, {
    name,
    idempotency: READ,
    method: 'GET',
    place: (input) => ('soql' in input ? `${api.root}/query${query({ q: textOf(input.soql) })}` : nextOf(input.next)),
    headers: ({ batchSize }) => (batchSize === undefined ? {} : { 'sforce-query-options': sizeOf(batchSize) }),
    response: pageOf<R>,
  })
}

function textOf(soql: unknown): string {
  if (soql instanceof Soql) return soql.text
  throw new TielineError('REQUEST_INVALID', 'soql: make the query with the tag soql`SELECT …`')
}

function nextOf(next: string): string {
  if (NEXT.test(next)) return next
  throw new TielineError('REQUEST_INVALID', 'next: use the `next` of the page before, as it is')
}

function sizeOf(batchSize: number): string {
  if (Number.isInteger(batchSize) && batchSize >= 200 && batchSize <= 2_000) return `batchSize=${batchSize}`
  throw new TielineError('REQUEST_INVALID', `batchSize ${batchSize}: use 200 to 2000`)
}

/** @throws {TielineError} PROVIDER_ANSWER, also for a page that leads to itself */
function pageOf<R>(response: ResponseParts, input: Query): Page<R> {
  const answer = objectOf(response)
  const records = listOf(answer, 'records') as readonly R[]
  const { totalSize, nextRecordsUrl } = answer
  if ('next' in input && nextRecordsUrl === input.next) throw unexpected('nextRecordsUrl leads to the same page again')
  return {
    total: typeof totalSize === 'number' ? totalSize : records.length,
    records,
    ...(typeof nextRecordsUrl === 'string' && { next: nextRecordsUrl }),
  }
}
