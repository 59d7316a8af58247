import { isId } from './id.ts'
import type { Call, Fields, SObject } from './org.ts'
import { malformed, missing, Refusal, Several } from './refusal.ts'

const STANDARD: readonly string[] = ['Account', 'Contact', 'Opportunity', 'Lead']

/** @throws {Refusal} 404 for an object that is neither one of the four standard ones nor custom */
export function typeOf(text: string): string {
  if (STANDARD.includes(text) || /^[A-Za-z]\w*__c$/.test(text)) return text
  throw missing()
}

/** @throws {Refusal} 404 when there is none, or it was deleted */
export function recordById(call: Call, type: string, id: string): SObject {
  const record = isId(id) ? call.org.records.get(id) : undefined
  if (record === undefined || record.type !== type) throw missing()
  if (record.deleted) throw new Refusal(404, 'ENTITY_IS_DELETED', 'entity is deleted')
  return record
}

/** The records that have this external id. @throws {Refusal} 404 when the field is none */
export function matching({ org }: Call, type: string, by: string, value: string): readonly SObject[] {
  const allowed = org.schema.externalIds?.[type]?.includes(by) ?? /^[A-Za-z]\w*__c$/.test(by)
  if (!allowed) throw notExternal(by)
  return org.records.having(type, by, value)
}

/** The one record that has this external id, or none. @throws {Several} */
export function recordBy(call: Call, type: string, by: string, value: string): SObject | undefined {
  const found = matching(call, type, by, value)
  if (found.length > 1) throw new Several(found.map(({ id }) => urlOf(call, type, id)))
  return found[0]
}

export function urlOf({ root }: Call, type: string, id: string): string {
  return `${root}/sobjects/${type}/${id}`
}

/** A record as the API shows it: `names` of fields, or all that are set. */
export function rendered(call: Call, record: SObject, names?: readonly string[]): Fields {
  const all: Record<string, unknown> = {
    ...record.fields,
    Id: record.id,
    CreatedDate: timeOf(record.createdMs),
    LastModifiedDate: timeOf(record.updatedMs),
    IsDeleted: record.deleted,
  }
  const attributes = { type: record.type, url: urlOf(call, record.type, record.id) }
  if (names === undefined) return { attributes, ...all }
  return { attributes, ...Object.fromEntries(names.map((name) => [name, all[name] ?? null])) }
}

/** The body as an object. */
export function fieldsIn(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw malformed('The request body must be a JSON object')
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000')

const notExternal = (by: string): Refusal =>
  new Refusal(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${by.slice(0, 80)}`)
