import { type Call, fieldsOf, inputsOf, textsIn, wordOf } from './call.ts'
import { TYPES } from './object-type.ts'
import { invalid } from './refusal.ts'
import { type RenderedObject, rendered } from './render.ts'
import type { CrmObject, Shelf } from './shelf.ts'

export interface Page {
  readonly total?: number
  readonly results: readonly RenderedObject[]
  readonly paging?: { readonly next: { readonly after: string; readonly link?: string } }
}

export function getObject(call: Call, shelf: Shelf, id: string): RenderedObject {
  const archived = call.query.get('archived') === 'true'
  const object = shelf.get(id, call.query.get('idProperty') ?? undefined, archived)
  return rendered(shelf, object, shownBy(call, shelf))
}

/** In the order of their ids; `after` is the id of the last object seen. */
export function listObjects(call: Call, shelf: Shelf): Page {
  const limit = numberIn(call.query.get('limit') ?? '10', 1, 100, 'limit')
  const after = numberIn(call.query.get('after') ?? '0', 0, Number.MAX_SAFE_INTEGER, 'after')
  const archived = call.query.get('archived') === 'true'
  const found: CrmObject[] = []
  for (const object of shelf.values()) {
    if (Number(object.id) > after && object.archived === archived) found.push(object)
    if (found.length > limit) break
  }
  const results = found.slice(0, limit).map((object) => rendered(shelf, object, shownBy(call, shelf)))
  return found.length > limit ? { results, paging: { next: { after: results.at(-1)?.id ?? '' } } } : { results }
}

/** Objects that are not there are errors of the batch (207), not of the request. */
export function readBatch(call: Call, shelf: Shelf): { found: RenderedObject[]; missing: string[] } {
  const { properties, idProperty } = fieldsOf(call.body)
  const names = Array.isArray(properties) ? textsIn(properties, 'properties') : TYPES[shelf.type].shown
  const by = idProperty === undefined ? 'hs_object_id' : wordOf(idProperty, 'idProperty')
  const found: RenderedObject[] = []
  const missing: string[] = []
  for (const input of inputsOf(call)) {
    const id = wordOf(input['id'], 'id')
    const object = shelf.find(id, by)
    if (object && !object.archived) found.push(rendered(shelf, object, names))
    else missing.push(id)
  }
  return { found, missing }
}

function shownBy(call: Call, shelf: Shelf): readonly string[] {
  const named = call.query.getAll('properties').flatMap((names) => names.split(','))
  return named.length > 0 ? named : TYPES[shelf.type].shown
}

export function numberIn(text: string, least: number, most: number, what: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw invalid(`Invalid ${what}: expected a whole number from ${least} to ${most}`)
}
