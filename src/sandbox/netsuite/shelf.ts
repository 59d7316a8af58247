import { notFound, Refusal } from './refusal.ts'

export type Fields = Readonly<Record<string, unknown>>

export interface NetsuiteRecord {
  readonly id: string
  readonly externalId: string | undefined
  /** What was set and what NetSuite worked out, without id and external id. Sublists are `{items: [...]}`. */
  readonly fields: Fields
}

/** The records of one type, by internal id and by external id. */
export class Shelf {
  readonly type: string
  readonly #records = new Map<string, NetsuiteRecord>()
  readonly #ids = new Map<string, string>()

  constructor(type: string) {
    this.type = type
  }

  values(): readonly NetsuiteRecord[] {
    return [...this.#records.values()]
  }

  /** By `647` or `eid:PI_1`. */
  find(place: string): NetsuiteRecord | undefined {
    const id = place.startsWith('eid:') ? this.#ids.get(place.slice('eid:'.length)) : place
    return id === undefined ? undefined : this.#records.get(id)
  }

  /** @throws {Refusal} 404 NONEXISTENT_ID */
  get(place: string): NetsuiteRecord {
    const found = this.find(place)
    if (found === undefined) throw notFound(`${this.type} ${place}`)
    return found
  }

  /** @throws {Refusal} 400 when another record has the external id */
  put(record: NetsuiteRecord): void {
    const { id, externalId } = record
    const owner = externalId === undefined ? undefined : this.#ids.get(externalId)
    if (owner !== undefined && owner !== id) {
      throw new Refusal(
        400,
        'USER_ERROR',
        `Error while accessing a resource. This record already exists.`,
        'externalId',
      )
    }
    const before = this.#records.get(id)?.externalId
    if (before !== undefined) this.#ids.delete(before)
    if (externalId !== undefined) this.#ids.set(externalId, id)
    this.#records.set(id, record)
  }

  delete({ id, externalId }: NetsuiteRecord): void {
    this.#records.delete(id)
    if (externalId !== undefined) this.#ids.delete(externalId)
  }
}
