import { associateNew } from './association.ts'
import { type Call, fieldsOf, happened } from './call.ts'
import { type Properties, propertiesOf } from './object-type.ts'
import { invalid } from './refusal.ts'
import { type RenderedObject, rendered } from './render.ts'
import type { CrmObject, Shelf } from './shelf.ts'

export interface Written {
  readonly object: CrmObject
  readonly created: boolean
}

/** A new object. Two objects with the same value of a property that is not unique are allowed, as in the real CRM. */
export function insert(
  call: Call,
  shelf: Shelf,
  given: Properties,
  trace: string | null = call.idempotencyKey,
): Written {
  const properties = withoutEmpty(given)
  const { nowMs } = call.context
  const object: CrmObject = { id: call.nextObjectId(), properties, createdMs: nowMs, updatedMs: nowMs, archived: false }
  shelf.put(object)
  happened(call, 'created', shelf, object, { changed: Object.keys(properties), trace })
  return { object, created: true }
}

/** Changes what is different; nothing different is a repeat. */
export function change(
  call: Call,
  shelf: Shelf,
  before: CrmObject,
  given: Properties,
  trace: string | null = call.idempotencyKey,
): Written {
  const changed = Object.keys(given).filter((name) => (before.properties[name] ?? '') !== given[name])
  if (changed.length === 0) {
    call.state.repeats += 1
    return { object: before, created: false }
  }
  const properties = withoutEmpty({ ...before.properties, ...given })
  const object = { ...before, properties, updatedMs: call.context.nowMs }
  shelf.put(object)
  happened(call, 'updated', shelf, object, { changed, trace })
  return { object, created: false }
}

export function createObject(call: Call, shelf: Shelf): RenderedObject {
  const { properties, associations } = fieldsOf(call.body)
  const given = propertiesOf(properties)
  if (Object.keys(withoutEmpty(given)).length === 0)
    throw invalid('At least one property must be set to create an object.')
  const planned = associateNew(call, shelf, associations)
  const { object } = insert(call, shelf, given)
  planned(object)
  return rendered(shelf, object)
}

export function updateObject(call: Call, shelf: Shelf, id: string): RenderedObject {
  const given = propertiesOf(fieldsOf(call.body)['properties'])
  const before = shelf.get(id, call.query.get('idProperty') ?? undefined)
  return rendered(shelf, change(call, shelf, before, given).object)
}

export function archiveObject(call: Call, shelf: Shelf, id: string): undefined {
  const before = shelf.find(id, call.query.get('idProperty') ?? 'hs_object_id')
  if (!before || before.archived) {
    call.state.repeats += 1 // HubSpot answers 204 to this, too
    return
  }
  const object = { ...before, archived: true, updatedMs: call.context.nowMs }
  shelf.put(object)
  happened(call, 'archived', shelf, object)
}

const withoutEmpty = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== ''))
