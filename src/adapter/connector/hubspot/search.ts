import type { ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, listOf, objectOf, unexpected } from '../http/json.ts'
import { type CrmRecord, recordOf } from './record.ts'

/** One condition. Source: https://developers.hubspot.com/docs/api-reference/search/guide. */
export type Filter = { readonly property: string } & (
  | {
      readonly operator: 'EQ' | 'NEQ' | 'LT' | 'LTE' | 'GT' | 'GTE' | 'CONTAINS_TOKEN' | 'NOT_CONTAINS_TOKEN'
      readonly value: string
    }
  | { readonly operator: 'IN' | 'NOT_IN'; readonly values: readonly string[] }
  | { readonly operator: 'BETWEEN'; readonly value: string; readonly highValue: string }
  | { readonly operator: 'HAS_PROPERTY' | 'NOT_HAS_PROPERTY' }
)

export interface Search {
  /** All of these must hold. */
  readonly filters?: readonly Filter[]
  /** Full text, in the default searchable properties. */
  readonly query?: string
  /** Properties to give back, by internal names. Default: HubSpot's own choice. */
  readonly properties?: readonly string[]
  readonly sort?: { readonly property: string; readonly direction: 'ASCENDING' | 'DESCENDING' }
  /** At most 200. Default 10, HubSpot's own. */
  readonly limit?: number
  /** `after` of the page before. */
  readonly after?: string
}

export interface Found {
  readonly total: number
  readonly records: readonly CrmRecord[]
  /** Where the next page starts; absent on the last one. */
  readonly after?: string
}

export function searchBody({ filters, query, properties, sort, limit, after }: Search): unknown {
  return {
    filterGroups: filters === undefined || filters.length === 0 ? [] : [{ filters: filters.map(filterOf) }],
    ...(query !== undefined && { query }),
    ...(properties !== undefined && { properties }),
    ...(sort !== undefined && { sorts: [{ propertyName: sort.property, direction: sort.direction }] }),
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
  }
}

function filterOf({ property, ...condition }: Filter): unknown {
  return { propertyName: property, ...condition }
}

/** @throws {TielineError} PROVIDER_ANSWER where the page leads to itself: reading would never end */
export function foundOf(response: ResponseParts, { after }: Search): Found {
  const answer = objectOf(response)
  const records = listOf(answer, 'results').map(recordOf)
  const { total, paging } = answer
  const next = isObject(paging) && isObject(paging['next']) ? paging['next']['after'] : undefined
  if (typeof next === 'string' && next === after) throw unexpected(`the page after ${after} leads to itself`)
  return {
    total: typeof total === 'number' ? total : records.length,
    records,
    ...(typeof next === 'string' && { after: next }),
  }
}
