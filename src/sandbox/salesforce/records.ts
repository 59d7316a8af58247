import { caseSafeId } from './id.ts'
import { folded, type SObject } from './org.ts'

/** All records of an organization, found by id and by any value of a field. */
export class Records {
  readonly #byId = new Map<string, SObject>()
  /** Type, field and value -> ids of records that are not deleted. */
  readonly #places = new Map<string, Set<string>>()
  /** What was there before each write of the transactions that are open. */
  readonly #before: (readonly [id: string, record: SObject | undefined])[] = []
  #depth = 0

  values(): IterableIterator<SObject> {
    return this.#byId.values()
  }

  /** By an id of 15 or 18 characters. */
  get(id: string): SObject | undefined {
    return this.#byId.get(id.length === 15 ? caseSafeId(id) : id)
  }

  /** Those that are not deleted and have the value, whatever the case of its letters. */
  having(type: string, field: string, value: unknown): readonly SObject[] {
    const ids = this.#places.get(placeOf(type, field, value)) ?? []
    return [...ids].map((id) => this.#byId.get(id) as SObject)
  }

  put(record: SObject): void {
    if (this.#depth > 0) this.#before.push([record.id, this.#byId.get(record.id)])
    this.#set(record.id, record)
  }

  /** What it throws undoes what it has put. */
  transaction<T>(run: () => T): T {
    const mark = this.#before.length
    this.#depth += 1
    try {
      return run()
    } catch (thrown) {
      for (const [id, record] of this.#before.splice(mark).reverse()) this.#set(id, record)
      throw thrown
    } finally {
      this.#depth -= 1
      if (this.#depth === 0) this.#before.length = 0
    }
  }

  #set(id: string, record: SObject | undefined): void {
    for (const place of placesOf(this.#byId.get(id))) this.#places.get(place)?.delete(id)
    for (const place of placesOf(record)) {
      const ids = this.#places.get(place)
      if (ids === undefined) this.#places.set(place, new Set([id]))
      else ids.add(id)
    }
    if (record === undefined) this.#byId.delete(id)
    else this.#byId.set(id, record)
  }
}

function placesOf(record: SObject | undefined): readonly string[] {
  if (record === undefined || record.deleted) return []
  return Object.entries(record.fields).map(([field, value]) => placeOf(record.type, field, value))
}

const placeOf = (type: string, field: string, value: unknown): string => `${type}\n${field}\n${folded(value)}`
