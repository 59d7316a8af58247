import { type Call, fieldsOf, textIn, textsIn } from './call.ts'
import { TYPES } from './object-type.ts'
import { numberIn, type Page } from './read.ts'
import { invalid } from './refusal.ts'
import { rendered } from './render.ts'
import type { CrmObject, Shelf } from './shelf.ts'

interface Filter {
  readonly name: string
  readonly operator: string
  readonly value: string
  readonly high: string
  readonly values: readonly string[]
}

/** Limits of the search endpoints. Source: developers.hubspot.com/docs/api/crm/search. */
const LIMITS = Object.freeze({ groups: 5, filtersOfGroup: 6, filters: 18, page: 200, total: 10_000, query: 3_000 })

const OPERATORS: Readonly<Record<string, (filter: Filter, value: string | undefined) => boolean>> = {
  EQ: ({ value }, given) => same(given, value),
  NEQ: ({ value }, given) => given !== undefined && !same(given, value),
  LT: ({ value }, given) => given !== undefined && compare(given, value) < 0,
  LTE: ({ value }, given) => given !== undefined && compare(given, value) <= 0,
  GT: ({ value }, given) => given !== undefined && compare(given, value) > 0,
  GTE: ({ value }, given) => given !== undefined && compare(given, value) >= 0,
  BETWEEN: ({ value, high }, given) => given !== undefined && compare(given, value) >= 0 && compare(given, high) <= 0,
  IN: ({ values }, given) => values.some((value) => same(given, value)),
  NOT_IN: ({ values }, given) => given !== undefined && !values.some((value) => same(given, value)),
  HAS_PROPERTY: (_, given) => given !== undefined,
  NOT_HAS_PROPERTY: (_, given) => given === undefined,
  CONTAINS_TOKEN: ({ value }, given) => given !== undefined && containsToken(given, value),
  NOT_CONTAINS_TOKEN: ({ value }, given) => given === undefined || !containsToken(given, value),
}

/** Groups are alternatives, the filters of a group hold together. */
export function searchObjects(call: Call, shelf: Shelf): Page {
  const body = fieldsOf(call.body)
  const groups = groupsOf(body)
  const limit = numberIn(textIn(body['limit'] ?? 10, 'limit'), 0, LIMITS.page, 'limit')
  const after = numberIn(textIn(body['after'] ?? 0, 'after'), 0, LIMITS.total, 'after')
  if (after + limit > LIMITS.total)
    throw invalid(`A search shows the first ${LIMITS.total} results; narrow the filters.`)
  const query = textIn(body['query'] ?? '', 'query').toLowerCase()
  if (query.length > LIMITS.query) throw invalid(`The query is longer than ${LIMITS.query} characters`)
  const names = Array.isArray(body['properties']) ? textsIn(body['properties'], 'properties') : TYPES[shelf.type].shown
  const found = candidates(shelf, groups).filter(
    (object) =>
      !object.archived &&
      (groups.length === 0 || groups.some((group) => group.every((filter) => holds(shelf, filter, object)))) &&
      (query === '' || Object.values(object.properties).some((value) => value.toLowerCase().includes(query))),
  )
  found.sort(orderOf(shelf, body['sorts']))
  const results = found.slice(after, after + limit).map((object) => rendered(shelf, object, names))
  const next = after + results.length
  const page = { total: found.length, results }
  return next < found.length && results.length > 0 ? { ...page, paging: { next: { after: String(next) } } } : page
}

/** One equality on a unique property names its object at once. */
function candidates(shelf: Shelf, groups: readonly (readonly Filter[])[]): CrmObject[] {
  const keys = groups.map((group) =>
    group.find(({ name, operator }) => operator === 'EQ' && shelf.unique.includes(name)),
  )
  if (keys.length === 0 || keys.includes(undefined)) return [...shelf.values()]
  const found = keys.map((key) => key && shelf.find(key.value, key.name))
  return [...new Set(found.filter((object) => object !== undefined))]
}

function holds(shelf: Shelf, filter: Filter, object: CrmObject): boolean {
  return OPERATORS[filter.operator]?.(filter, propertyOf(shelf, object, filter.name)) ?? false
}

/** Times are compared as milliseconds, as filters give them. */
function propertyOf(shelf: Shelf, object: CrmObject, name: string): string | undefined {
  if (name === 'hs_object_id') return object.id
  if (name === 'createdate') return String(object.createdMs)
  if (name === TYPES[shelf.type].modified) return String(object.updatedMs)
  return object.properties[name]
}

function orderOf(shelf: Shelf, sorts: unknown): (a: CrmObject, b: CrmObject) => number {
  const sort: unknown = Array.isArray(sorts) ? sorts[0] : undefined
  if (sort === undefined) return (a, b) => Number(a.id) - Number(b.id)
  const fields = typeof sort === 'string' ? { propertyName: sort } : fieldsOf(sort, 'sorts[0]')
  const name = textIn(fields['propertyName'], 'sorts[0].propertyName')
  const sign = 'direction' in fields && fields['direction'] === 'DESCENDING' ? -1 : 1
  return (a, b) =>
    sign * compare(propertyOf(shelf, a, name) ?? '', propertyOf(shelf, b, name) ?? '') || Number(a.id) - Number(b.id)
}

function groupsOf(body: Readonly<Record<string, unknown>>): readonly (readonly Filter[])[] {
  const given: unknown = body['filterGroups'] ?? (body['filters'] === undefined ? [] : [{ filters: body['filters'] }])
  if (!Array.isArray(given)) throw invalid('Invalid input JSON: filterGroups must be an array')
  if (given.length > LIMITS.groups) throw invalid(`Too many filterGroups: at most ${LIMITS.groups}`)
  const groups = given.map((group: unknown) => {
    const { filters } = fieldsOf(group, 'filterGroups[]')
    if (!Array.isArray(filters)) throw invalid('Invalid input JSON: filters must be an array')
    if (filters.length > LIMITS.filtersOfGroup)
      throw invalid(`Too many filters in a group: at most ${LIMITS.filtersOfGroup}`)
    return filters.map(filterOf)
  })
  if (groups.flat().length > LIMITS.filters) throw invalid(`Too many filters: at most ${LIMITS.filters}`)
  return groups
}

function filterOf(given: unknown): Filter {
  const { propertyName, operator, value, highValue, values } = fieldsOf(given, 'filters[]')
  if (typeof propertyName !== 'string') throw invalid('Some required fields were not set: [propertyName]')
  if (typeof operator !== 'string' || !Object.hasOwn(OPERATORS, operator)) {
    throw invalid(`Invalid operator: expected one of ${Object.keys(OPERATORS).join(', ')}`)
  }
  const list = Array.isArray(values) ? textsIn(values, 'values') : []
  if (operator.endsWith('IN') && list.length === 0) throw invalid(`operator ${operator} requires values`)
  return {
    name: propertyName,
    operator,
    value: textIn(value ?? '', 'value'),
    high: textIn(highValue ?? '', 'highValue'),
    values: list,
  }
}

const same = (given: string | undefined, value: string): boolean => given?.toLowerCase() === value.toLowerCase()

/** Numbers by size, all else by text. */
function compare(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  if (a !== '' && b !== '' && Number.isFinite(x) && Number.isFinite(y)) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}

/** A word of the value, with `*` at either end of the wanted word for anything. */
function containsToken(given: string, wanted: string): boolean {
  const word = wanted.toLowerCase().replace(/^\*|\*$/g, '')
  const [open, close] = [wanted.startsWith('*'), wanted.endsWith('*')]
  return given
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .concat(given.toLowerCase())
    .some((token) =>
      open && close
        ? token.includes(word)
        : open
          ? token.endsWith(word)
          : close
            ? token.startsWith(word)
            : token === word,
    )
}
