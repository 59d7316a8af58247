import { jsonAnswer, type ProviderAnswer } from '../provider.ts'
import { type Call, isFields, recordHref, shelfOf } from './call.ts'
import { invalid, Refusal } from './refusal.ts'
import type { Fields, NetsuiteRecord } from './shelf.ts'

export function get(call: Call, type: string, place: string): ProviderAnswer {
  const record = shelfOf(call, type).get(place)
  const self = recordHref(call, type, record.id)
  const links = [{ rel: 'self', href: self }]
  const whole = rendered(record, call.query.get('expandSubResources') === 'true', self)
  const names = call.query.get('fields')?.split(',')
  if (names === undefined) return jsonAnswer(200, { links, ...whole })
  return jsonAnswer(200, {
    links,
    ...Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name))),
  })
}

function rendered({ id, externalId, fields }: NetsuiteRecord, expand: boolean, self: string): Fields {
  const shown = Object.entries(fields).map(([name, value]) => {
    const isSublist = isFields(value) && Array.isArray(value['items'])
    return [name, isSublist && !expand ? { links: [{ rel: 'self', href: `${self}/${name}` }] } : value]
  })
  return { id, ...(externalId === undefined ? {} : { externalId }), ...Object.fromEntries(shown) }
}

/** Ids only, of those for which `q` holds. docs.oracle.com …/section_156414087576.html */
export function list(call: Call, type: string): ProviderAnswer {
  const { limit, offset } = pageOf(call)
  const holds = filterOf(call.query.get('q'))
  const found = shelfOf(call, type).values().filter(holds)
  const items = found
    .slice(offset, offset + limit)
    .map(({ id }) => ({ links: [{ rel: 'self', href: recordHref(call, type, id) }], id }))
  return pageAnswer(items, found.length, offset)
}

export function pageAnswer(items: readonly Fields[], total: number, offset: number): ProviderAnswer {
  const hasMore = offset + items.length < total
  return jsonAnswer(200, { links: [], count: items.length, hasMore, items, offset, totalResults: total })
}

const MAX_PAGE = 1_000

/** @throws {Refusal} 400 for a limit over 1,000, or an offset that is no multiple of it */
export function pageOf({ query }: Call): { readonly limit: number; readonly offset: number } {
  const limit = Number(query.get('limit') ?? MAX_PAGE)
  const offset = Number(query.get('offset') ?? 0)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new Refusal(400, 'INVALID_PARAMETER', `limit: use a whole number from 1 to ${MAX_PAGE}`)
  if (!Number.isInteger(offset) || offset < 0 || offset % limit !== 0)
    throw new Refusal(400, 'INVALID_PARAMETER', 'offset: use a multiple of limit')
  return { limit, offset }
}

/** One condition, `externalId IS "PI_1"`. */
function filterOf(q: string | null): (record: NetsuiteRecord) => boolean {
  if (q === null) return () => true
  const [, name = '', quoted, bare] = /^\s*(\w+)\s+IS\s+(?:"([^"]*)"|(\S+))\s*$/i.exec(q) ?? []
  if (name === '') throw invalid(`The query is not understood: ${q.slice(0, 120)}`, 'q')
  const wanted = quoted ?? bare
  return ({ id, externalId, fields }) => ({ ...fields, id, externalId })[name] === wanted
}
