import type { ProviderAnswer } from '../provider.ts'
import { bodyOf, type Call, happened, isFields, located, NOTHING, shelfOf } from './call.ts'
import { invalid, Refusal } from './refusal.ts'
import type { Fields, NetsuiteRecord, Shelf } from './shelf.ts'
import { completed } from './transaction.ts'

export function create(call: Call, type: string): ProviderAnswer {
  return located(call, type, insert(call, shelfOf(call, type), bodyOf(call)))
}

/** PUT: only under an external id. docs.oracle.com …/section_156335203191.html */
export function upsert(call: Call, type: string, place: string): ProviderAnswer {
  if (!place.startsWith('eid:'))
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'The upsert operation needs an external ID in the request URL.')
  const shelf = shelfOf(call, type)
  const found = shelf.find(place)
  if (found !== undefined) return located(call, type, change(call, shelf, found, bodyOf(call)))
  return located(call, type, insert(call, shelf, { ...bodyOf(call), externalId: place.slice('eid:'.length) }))
}

export function update(call: Call, type: string, place: string): ProviderAnswer {
  const shelf = shelfOf(call, type)
  return located(call, type, change(call, shelf, shelf.get(place), bodyOf(call)))
}

export function remove(call: Call, type: string, place: string): ProviderAnswer {
  const shelf = shelfOf(call, type)
  const record = shelf.get(place)
  shelf.delete(record)
  happened(call, 'deleted', type, record)
  return NOTHING
}

export function insert(call: Call, shelf: Shelf, body: Fields): NetsuiteRecord {
  const { externalId, fields } = split(body)
  const id = call.nextId()
  const record = { id, externalId, fields: completed(call, shelf.type, id, fields) }
  shelf.put(record)
  happened(call, 'created', shelf.type, record)
  return record
}

/** Sets what is given. Lines of a sublist that `replace` does not name are added to those that are there. */
export function change(call: Call, shelf: Shelf, before: NetsuiteRecord, body: Fields): NetsuiteRecord {
  const { externalId = before.externalId, fields } = split(body)
  const replaced = (call.query.get('replace') ?? '').split(',')
  const merged: Record<string, unknown> = { ...before.fields }
  for (const [name, value] of Object.entries(fields)) {
    const lines = itemsOf(value)
    const old = itemsOf(merged[name])
    merged[name] = lines === undefined || old === undefined || replaced.includes(name) ? value : join(old, lines)
  }
  const record = { ...before, externalId, fields: completed(call, shelf.type, before.id, merged) }
  if (JSON.stringify(record) === JSON.stringify(before)) {
    call.state.repeats += 1
    return before
  }
  shelf.put(record)
  happened(call, 'updated', shelf.type, record)
  return record
}

/** A line whose `line` is there already changes it, any other is added. docs.oracle.com …/section_1545295601.html */
function join(old: readonly Fields[], lines: readonly Fields[]): Fields {
  const keyed = new Map(lines.filter(({ line }) => line !== undefined).map((line) => [line['line'], line]))
  const kept = old.map((line) => ({ ...line, ...keyed.get(line['line']) }))
  const places = new Set(old.map(({ line }) => line))
  return { items: [...kept, ...lines.filter(({ line }) => line === undefined || !places.has(line))] }
}

function itemsOf(value: unknown): readonly Fields[] | undefined {
  if (!isFields(value) || !Array.isArray(value['items'])) return undefined
  return value['items'].filter(isFields)
}

const EXTERNAL_ID = /^[A-Za-z0-9_-]{1,255}$/

function split({ externalId, id: _, links: __, ...fields }: Fields): {
  readonly externalId: string | undefined
  readonly fields: Fields
} {
  if (externalId === undefined) return { externalId, fields }
  if (typeof externalId !== 'string' || !EXTERNAL_ID.test(externalId))
    throw invalid('Invalid Field Value for the following field: externalId', 'externalId')
  return { externalId, fields }
}
