import type { ObjectType, Properties } from './object-type.ts'
import { TYPES, wrong } from './object-type.ts'
import { invalid, notFound, Refusal } from './refusal.ts'

export interface CrmObject {
  readonly id: string
  readonly properties: Properties
  readonly createdMs: number
  readonly updatedMs: number
  readonly archived: boolean
}

/** The objects of one type, found by id and by unique property. Archived objects keep their id and give up their unique values. */
export class Shelf {
  readonly type: ObjectType
  readonly unique: readonly string[]
  readonly #objects = new Map<string, CrmObject>()
  readonly #owners = new Map<string, string>()

  constructor(type: ObjectType, unique: readonly string[]) {
    this.type = type
    this.unique = unique
  }

  values(): IterableIterator<CrmObject> {
    return this.#objects.values()
  }

  /** @throws {Refusal} 404 OBJECT_NOT_FOUND, also for an archived object unless it is asked for. */
  get(id: string, idProperty = 'hs_object_id', archived = false): CrmObject {
    const found = this.find(id, idProperty)
    if (found?.archived !== archived) throw notFound(this.type, id)
    return found
  }

  /** @throws {Refusal} 400 when `idProperty` is no unique property of this type. */
  find(id: string, idProperty: string): CrmObject | undefined {
    if (idProperty === 'hs_object_id') return this.#objects.get(id)
    if (!this.unique.includes(idProperty)) {
      throw invalid(`Property '${idProperty.slice(0, 80)}' of ${this.type} is not a unique property (hasUniqueValue).`)
    }
    const owner = this.#owners.get(place(idProperty, id))
    return owner === undefined ? undefined : this.#objects.get(owner)
  }

  /**
   * Writes the object as it shall be.
   * @throws {Refusal} 409 CONFLICT for an e-mail, 400 for another unique value that a different object has.
   */
  put(object: CrmObject): void {
    const before = this.#objects.get(object.id)
    for (const name of this.unique) {
      const value = object.archived ? undefined : object.properties[name]
      const owner = value === undefined ? undefined : this.#owners.get(place(name, value))
      if (owner !== undefined && owner !== object.id) throw this.#taken(name, owner)
    }
    for (const name of this.unique) {
      const old = before?.archived === false ? before.properties[name] : undefined
      if (old !== undefined) this.#owners.delete(place(name, old))
      const value = object.archived ? undefined : object.properties[name]
      if (value !== undefined) this.#owners.set(place(name, value), object.id)
    }
    this.#objects.set(object.id, object)
  }

  #taken(name: string, owner: string): Refusal {
    const one = TYPES[this.type].one
    if (name === 'email') return new Refusal(409, 'CONFLICT', `${one} already exists. Existing ID: ${owner}`)
    return wrong(name, 'CONFLICTING_UNIQUE_VALUE', `${one} ${owner} already has that value.`)
  }
}

const place = (name: string, value: string): string => `${name}\n${name === 'email' ? value.toLowerCase() : value}`
