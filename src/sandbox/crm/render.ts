import { TYPES } from './object-type.ts'
import type { CrmObject, Shelf } from './shelf.ts'

export interface RenderedObject {
  readonly id: string
  readonly properties: Readonly<Record<string, string | null>>
  readonly createdAt: string
  readonly updatedAt: string
  readonly archived: boolean
}

const isoTime = (ms: number): string => new Date(ms).toISOString()

/** An object as the API shows it: `names` of properties, or all that are set. */
export function rendered(
  shelf: Shelf,
  object: CrmObject,
  names: readonly string[] = Object.keys(object.properties),
): RenderedObject {
  const createdAt = isoTime(object.createdMs)
  const updatedAt = isoTime(object.updatedMs)
  const properties: Record<string, string | null> = {
    createdate: createdAt,
    hs_object_id: object.id,
    [TYPES[shelf.type].modified]: updatedAt,
  }
  for (const name of names) properties[name] ??= object.properties[name] ?? null
  const shown = { id: object.id, properties, createdAt, updatedAt, archived: object.archived }
  return object.archived ? Object.assign(shown, { archivedAt: updatedAt }) : shown
}
