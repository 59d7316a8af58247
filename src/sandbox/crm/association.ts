import { type Call, fieldsOf, happened, wordOf } from './call.ts'
import { type ObjectType, objectTypeOf } from './object-type.ts'
import { invalid } from './refusal.ts'
import type { CrmObject, Shelf } from './shelf.ts'

/** Type ids of the unlabelled associations. Source: developers.hubspot.com/docs/api/crm/associations, "Association type ID values". */
const DEFAULT_TYPES: Readonly<Record<`${ObjectType} ${ObjectType}`, number>> = {
  'contacts contacts': 449,
  'contacts companies': 279,
  'contacts deals': 4,
  'companies contacts': 280,
  'companies companies': 450,
  'companies deals': 342,
  'deals contacts': 3,
  'deals companies': 341,
  'deals deals': 451,
}

interface End {
  readonly shelf: Shelf
  readonly object: CrmObject
}

const nameOf = ({ shelf, object }: End): string => `${shelf.type}/${object.id}`
const endOf = (call: Call, type: string, id: string): End => {
  const shelf = call.state.shelves[objectTypeOf(type)]
  return { shelf, object: shelf.get(id) }
}

/** `PUT …/associations/default/…`: both directions at once. */
export function associateDefault(call: Call, from: readonly [string, string], to: readonly [string, string]): unknown {
  const ends = [endOf(call, ...from), endOf(call, ...to)] as const
  const time = new Date(call.context.nowMs).toISOString()
  link(call, ends[0], ends[1], defaultType(ends[0], ends[1]))
  const results = [ends, [ends[1], ends[0]] as const].map(([one, other]) => ({
    from: { id: one.object.id },
    to: { id: other.object.id },
    associationSpec: { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: defaultType(one, other) },
  }))
  return { status: 'COMPLETE', results, startedAt: time, completedAt: time }
}

/** Removes all associations between the two. */
export function dissociate(call: Call, from: readonly [string, string], to: readonly [string, string]): undefined {
  const [one, other] = [endOf(call, ...from), endOf(call, ...to)]
  const { associations } = call.state
  if (!associations.get(nameOf(one))?.delete(nameOf(other))) {
    call.state.repeats += 1
    return
  }
  associations.get(nameOf(other))?.delete(nameOf(one))
  happened(call, 'unassociated', one.shelf, one.object, { with: nameOf(other) })
}

export function listAssociations(call: Call, from: readonly [string, string], to: string): unknown {
  const type = objectTypeOf(to)
  const linked = call.state.associations.get(nameOf(endOf(call, ...from))) ?? new Map<string, readonly number[]>()
  const results = [...linked]
    .filter(([name]) => name.startsWith(`${type}/`))
    .map(([name, ids]) => ({
      toObjectId: Number(name.slice(type.length + 1)),
      associationTypes: ids.map((typeId) => ({ category: 'HUBSPOT_DEFINED', typeId, label: null })),
    }))
  return { results }
}

/**
 * Checks the `associations` of a create request before anything is written, and gives back what links them.
 * @throws {Refusal} 400 or 404.
 */
export function associateNew(call: Call, shelf: Shelf, given: unknown): (object: CrmObject) => void {
  if (given === undefined) return () => {}
  if (!Array.isArray(given)) throw invalid('Invalid input JSON: associations must be an array')
  const planned = given.map((association: unknown) => {
    const { to, types } = fieldsOf(association, 'associations[]')
    const type: unknown = Array.isArray(types) ? types[0] : undefined
    const typeId = Number(fieldsOf(type, 'associations[].types[0]')['associationTypeId'])
    const pair = Object.entries(DEFAULT_TYPES).find(([name, id]) => id === typeId && name.startsWith(`${shelf.type} `))
    if (!pair) throw invalid(`Invalid association type id ${typeId} for ${shelf.type}`)
    const target = pair[0].split(' ')[1] ?? ''
    return { other: endOf(call, target, wordOf(fieldsOf(to, 'associations[].to')['id'], 'id')), typeId }
  })
  return (object) => {
    for (const { other, typeId } of planned) link(call, { shelf, object }, other, typeId)
  }
}

const defaultType = (one: End, other: End): number => DEFAULT_TYPES[`${one.shelf.type} ${other.shelf.type}`]

function link(call: Call, one: End, other: End, typeId: number): void {
  const there = linksOf(call, one)
  if (there.get(nameOf(other))?.includes(typeId)) {
    call.state.repeats += 1
    return
  }
  there.set(nameOf(other), [...(there.get(nameOf(other)) ?? []), typeId])
  linksOf(call, other).set(nameOf(one), [defaultType(other, one)])
  happened(call, 'associated', one.shelf, one.object, { with: nameOf(other) })
}

function linksOf(call: Call, end: End): Map<string, readonly number[]> {
  const { associations } = call.state
  const links = associations.get(nameOf(end)) ?? new Map<string, readonly number[]>()
  associations.set(nameOf(end), links)
  return links
}
