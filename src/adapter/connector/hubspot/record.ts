import type { ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, type Json, listOf, objectOf, textOf } from '../http/json.ts'

/** A record of the CRM. */
export interface CrmRecord {
  readonly id: string
  /** By HubSpot's internal names; text, or null where the property is empty. */
  readonly properties: Readonly<Record<string, string | null>>
}

/** What an upsert led to. */
export interface Upserted {
  readonly id: string
  /** True when the record is new; left out where HubSpot does not say. A repeat of the same call says false. */
  readonly created?: boolean
}

/** @throws {TielineError} PROVIDER_ANSWER without an id */
export function recordOf(value: Json): CrmRecord {
  const { properties } = value
  return { id: textOf(value, 'id'), properties: isObject(properties) ? (properties as CrmRecord['properties']) : {} }
}

/** @throws {TielineError} PROVIDER_ANSWER without an id */
export function upsertedOf(value: Json): Upserted {
  const id = textOf(value, 'id')
  return typeof value['new'] === 'boolean' ? { id, created: value['new'] } : { id }
}

/** The record of a batch of one that was read; HubSpot answers 207 with an error instead of a result when there is none. */
export function foundOne(response: ResponseParts): CrmRecord | null {
  const [first] = listOf(objectOf(response), 'results')
  return first === undefined ? null : recordOf(first)
}
