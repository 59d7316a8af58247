import { TielineError } from '../../../core/error.ts'
import type { Operation, ResponseParts } from '../../../declare/target/operation.ts'
import { type Json, listOf, objectOf, unexpected } from '../http/json.ts'
import { query } from '../http/path.ts'
import { type Call, READ } from './call.ts'
import type { SuiteQl } from './suiteql.ts'

export interface Query {
  /** suiteql`SELECT …`, with an ORDER BY wherever there may be more than one page. */
  readonly sql: SuiteQl
  /** Rows of a page, 1 to 1,000. Default 1,000. */
  readonly limit?: number
  /** Rows before the page, a multiple of `limit`. Default 0. */
  readonly offset?: number
}

export interface Rows {
  /** By the names of the columns, in lower case; a column that is NULL is left out. */
  readonly rows: readonly Json[]
  /** Of all pages. */
  readonly total: number
  /** `offset` of the next page; absent on the last one. NetSuite gives at most 100,000 rows of one query. */
  readonly next?: number
}

const MAX_PAGE = 1_000

/**
 * Reads with SuiteQL.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html, paging …/section_156414087576.html.
 */
export function queryOperation(call: Call): Operation<Query, Rows> {
  return call({
    name: 'query',
    idempotency: READ,
    method: 'POST',
    path: ({ limit = MAX_PAGE, offset = 0 }) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
        throw new TielineError('REQUEST_INVALID', `limit ${limit}: use a whole number from 1 to ${MAX_PAGE}`)
      }
      if (!Number.isSafeInteger(offset) || offset < 0 || offset % limit !== 0) {
        throw new TielineError('REQUEST_INVALID', `offset ${offset}: use a multiple of limit, ${limit}`)
      }
      return `/services/rest/query/v1/suiteql${query({ limit, offset })}`
    },
    headers: () => ({ prefer: 'transient' }),
    body: ({ sql }) => ({ q: sql.text }),
    response: rowsOf,
  })
}

function rowsOf(response: ResponseParts, { limit = MAX_PAGE, offset = 0 }: Query): Rows {
  const answer = objectOf(response)
  const { totalResults, hasMore } = answer
  if (typeof totalResults !== 'number') throw unexpected('the answer has no totalResults')
  const rows = listOf(answer, 'items').map(({ links: _, ...row }) => row)
  return { rows, total: totalResults, ...(hasMore === true && { next: offset + limit }) }
}
